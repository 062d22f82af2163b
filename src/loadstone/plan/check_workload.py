"""Semantic checks of a scenario's workload, beyond its shape."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from loadstone.errors import Problem
from loadstone.formats import Churn, Create, Load, Scenario, Step, Template, Workload
from loadstone.formats.schema_problems import did_you_mean
from loadstone.formats.yaml_text import Document, Path
from loadstone.plan import check_expectations
from loadstone.plan.bind import placeholders

# What the measuring side replaces in the strings of a template, run by run.
TEMPLATE_NAMES = ("i", "version", "scale", "backend", "backend_host", "backend_port", "body")
PATCH_NAMES = ("i", "now")  # and in those of a step's `patch`, request by request
RESERVED = {*TEMPLATE_NAMES, *PATCH_NAMES} - {"body"}  # what no axis is called

Steps = list[tuple[Path, Step]]


def problems(scenario: Scenario, document: Document) -> Iterator[Problem]:
    """Unknown templates and placeholders, steps that cannot work, names that would collide."""
    yield from _reserved_axes(scenario, document)
    yield from _unknown_placeholders(scenario, document)
    for path, step in steps(scenario):
        yield from _template_of(step, path, scenario, document)
        if isinstance(step, Load):
            yield from _of_load(step, path, scenario, document)
        yield from _mistakes(step, path, document)
    yield from _given_twice(scenario, document)
    templates = scenario.workload.templates
    yield from check_expectations.problems(templates, ("workload", "templates"), document)
    yield from _given(scenario, document)
    yield from _defaults(scenario, document)
    yield from _before(scenario, document)
    yield from _never_created(scenario, document)
    yield from _colliding_names(scenario, document)


def steps(scenario: Scenario) -> Steps:
    """Every step with its path in the file, in the order in which they are done."""
    return each_step(scenario.workload)


def each_step(workload: Workload) -> Steps:
    """Every step with its path in a scenario's file, in the order in which they are done."""
    parts = {"before": workload.before, "setup": workload.setup, "measured": workload.measured}
    return [
        (("workload", part, index), step)
        for part, listed in parts.items()
        for index, step in enumerate(listed)
    ]


def _given(scenario: Scenario, document: Document) -> Iterator[Problem]:
    for index, name in enumerate(scenario.workload.given):
        if name in scenario.workload.templates:
            where = document.where(("workload", "given", index))
            yield Problem(
                where=where, what=f"`{name}` is a template of this file, and so not given"
            )


def _defaults(scenario: Scenario, document: Document) -> Iterator[Problem]:
    for name, template in scenario.workload.templates.items():
        if template.defaults:
            where = document.where(("workload", "templates", name, "defaults"), key=True)
            what = "`defaults` are for templates of components"
            yield Problem(where=where, what=what, hint="here an axis of one value says it")


def _before(scenario: Scenario, document: Document) -> Iterator[Problem]:
    """Steps that need the component cannot come before it starts."""
    for index, step in enumerate(scenario.workload.before):
        if step.kind() not in ("create", "delete"):
            where = document.where(("workload", "before", index, "do"))
            what = f"`{step.kind()}` needs the component, which has not been started yet"
            yield Problem(where=where, what=what, hint="put it into `setup` or `measured`")


def _reserved_axes(scenario: Scenario, document: Document) -> Iterator[Problem]:
    for name in scenario.axes:
        where = document.where(("axes", name), key=True)
        if name in RESERVED:
            yield Problem(where=where, what=f"an axis cannot be called `{name}`: templates use it")
        elif not name.isidentifier() or name != name.lower():
            hint = "small letters, digits and _"
            yield Problem(where=where, what=f"`{name}` is no name for an axis", hint=hint)


def _unknown_placeholders(scenario: Scenario, document: Document) -> Iterator[Problem]:
    data = msgspec.to_builtins(scenario.workload)
    for path, name in placeholders(data):
        in_template = path[0] == "templates"
        replaced = TEMPLATE_NAMES if in_template else PATCH_NAMES if "patch" in path[:3] else ()
        known = {*scenario.axes, *replaced}
        if name in known:
            continue
        where = document.where(("workload", *path))
        if name in TEMPLATE_NAMES:
            what = f"`${{{name}}}` has a value in templates only"
            yield Problem(where=where, what=what, hint=did_you_mean(name, scenario.axes))
        else:
            what = f"`${{{name}}}` is no axis" + (" and no template name" if in_template else "")
            yield Problem(where=where, what=what, hint=did_you_mean(name, known))


def _template_of(
    step: Step, path: Path, scenario: Scenario, document: Document
) -> Iterator[Problem]:
    name = template_of(step)
    if name is None:
        return
    where, known = document.where((*path, "template")), scenario.workload.templates
    if name in known:
        if wrong := lacking(step, name, known[name]):
            what, hint = wrong
            yield Problem(where=where, what=what, hint=hint)
    elif name not in scenario.workload.given:
        hint = did_you_mean(name, {*known, *scenario.workload.given})
        yield Problem(where=where, what=f"there is no template `{name}`", hint=hint)


def lacking(step: Step, name: str, template: Template) -> tuple[str, str] | None:
    """The lack of a template for a step, with a hint; None where there is none."""
    if (step.asks_routes or isinstance(step, Churn)) and template.check is None:
        what = f"the template `{name}` has no `check`, and this step needs one"
        return what, "say what a right answer of a route is"
    if step.awaits_right and template.check is None and not template.right:
        what = f"the template `{name}` has no `check` and no `right`, and this step needs one"
        return what, "say what a right answer of a route is, or what has to hold of objects"
    if step.tells_versions and not check_expectations.tells_versions(template):
        what = f"nothing tells one version of `{name}` from the next"
        return what, "use `${version}` in its check, or in what is `right`"
    return None


def _of_load(step: Load, path: Path, scenario: Scenario, document: Document) -> Iterator[Problem]:
    if step.protocol in ("http2", "grpc") and not step.keepalive:
        where = document.where((*path, "keepalive"))
        what = "HTTP/2 has no requests without keep-alive"
        yield Problem(where=where, what=what, hint="`reconnect_rate` lets connections go")
    template = scenario.workload.templates.get(step.template)
    check = template and template.check
    if check and step.protocol == "grpc" and check.status != 200:
        where = document.where(("workload", "templates", step.template, "check", "status"))
        what = "calls of gRPC are answered with 200, whatever became of them"
        yield Problem(where=where, what=what)


def _mistakes(step: Step, path: Path, document: Document) -> Iterator[Problem]:
    for field, what, hint in step.mistakes():
        yield Problem(where=document.where((*path, field)), what=what, hint=hint)


def _given_twice(scenario: Scenario, document: Document) -> Iterator[Problem]:
    """Two steps that give the same quantities: one would hide the other."""
    given = set[str]()
    for path, step in steps(scenario):
        name = step.gives()
        if name and name in given:
            what = f"an earlier step gives `{name}.*` already"
            hint = "give one of them a `name`" if hasattr(step, "name") else "one is enough"
            yield Problem(where=document.where((*path, "do")), what=what, hint=hint)
        given.add(name)


def _never_created(scenario: Scenario, document: Document) -> Iterator[Problem]:
    known, created = {*scenario.workload.templates, *scenario.workload.given}, set[str]()
    for path, step in steps(scenario):
        name = template_of(step)
        if isinstance(step, Create):
            created.add(step.template)
        elif _needs_copies(step) and name in known - created:
            where = document.where((*path, "template"))
            what = f"no earlier step creates copies of `{name}`"
            yield Problem(where=where, what=what, hint="add a step `do: create` before it")


def _needs_copies(step: Step) -> bool:
    return step.asks_routes or step.awaits_right or step.needs_copies


def _colliding_names(scenario: Scenario, document: Document) -> Iterator[Problem]:
    """Copies of one object need names that differ."""
    many = {name for _, step in steps(scenario) if (name := _copied(step))}
    for name in sorted(many & set(scenario.workload.templates)):
        for index, thing in enumerate(scenario.workload.templates[name].objects):
            metadata = thing.get("metadata")
            path: Path = ("workload", "templates", name, "objects", index)
            where = document.where((*path, "metadata", "name"))
            if not isinstance(metadata, dict) or not isinstance(metadata.get("name"), str):
                what = "an object needs `metadata.name`"
                yield Problem(where=document.where(path), what=what)
            elif not {"i", "backend"} & {found for _, found in placeholders(metadata)}:
                what = f"every copy would have the name `{metadata['name']}`"
                yield Problem(where=where, what=what, hint="put `${i}` into it")


def _copied(step: Step) -> str:
    """The template of which a step makes more than one copy, or ""."""
    one = isinstance(step, Create) and step.count == 1
    return template_of(step) or "" if step.makes_copies and not one else ""


def template_of(step: Step) -> str | None:
    """The template that a step names, None where its kind names none."""
    named: str | None = getattr(step, "template", None)
    return named
