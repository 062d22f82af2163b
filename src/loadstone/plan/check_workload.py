"""Semantic checks of a scenario's workload, beyond its shape."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from loadstone.errors import Problem
from loadstone.formats import Create, Scenario, Step, Template
from loadstone.formats.schema_problems import did_you_mean
from loadstone.formats.yaml_text import Document, Path
from loadstone.plan.bind import placeholders

# What the measuring side replaces in the strings of a template, run by run.
TEMPLATE_NAMES = ("i", "version", "backend", "backend_host", "backend_port", "body")
_RESERVED = set(TEMPLATE_NAMES) - {"body"}

Steps = list[tuple[Path, Step]]


def problems(scenario: Scenario, document: Document) -> Iterator[Problem]:
    """Unknown templates and placeholders, steps that cannot work, names that would collide."""
    yield from _reserved_axes(scenario, document)
    yield from _unknown_placeholders(scenario, document)
    for path, step in steps(scenario):
        yield from _template_of(step, path, scenario, document)
    yield from _never_created(scenario, document)
    yield from _colliding_names(scenario, document)


def steps(scenario: Scenario) -> Steps:
    """Every step with its path in the file, in the order in which they are done."""
    workload = scenario.workload
    return [
        (("workload", part, index), step)
        for part, listed in (("setup", workload.setup), ("measured", workload.measured))
        for index, step in enumerate(listed)
    ]


def _reserved_axes(scenario: Scenario, document: Document) -> Iterator[Problem]:
    for name in scenario.axes:
        where = document.where(("axes", name), key=True)
        if name in _RESERVED:
            yield Problem(where=where, what=f"an axis cannot be called `{name}`: templates use it")
        elif not name.isidentifier() or name != name.lower():
            hint = "small letters, digits and _"
            yield Problem(where=where, what=f"`{name}` is no name for an axis", hint=hint)


def _unknown_placeholders(scenario: Scenario, document: Document) -> Iterator[Problem]:
    data = msgspec.to_builtins(scenario.workload)
    for path, name in placeholders(data):
        in_template = path[0] == "templates"
        known = {*scenario.axes, *(TEMPLATE_NAMES if in_template else ())}
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
    where = document.where((*path, "template"))
    template = scenario.workload.templates.get(name)
    if template is None:
        hint = did_you_mean(name, scenario.workload.templates)
        yield Problem(where=where, what=f"there is no template `{name}`", hint=hint)
    elif step.asks_routes and template.check is None:
        what = f"the template `{name}` has no `check`, and this step needs one"
        yield Problem(where=where, what=what, hint="say what a right answer of a route is")
    elif step.tells_versions and not _tells_versions_apart(template):
        what = f"the check of `{name}` cannot tell one version from the next"
        yield Problem(where=where, what=what, hint="use `${version}` in its path or headers")


def _tells_versions_apart(template: Template) -> bool:
    return any(name == "version" for _, name in placeholders(msgspec.to_builtins(template.check)))


def _never_created(scenario: Scenario, document: Document) -> Iterator[Problem]:
    known, created = set(scenario.workload.templates), set[str]()
    for path, step in steps(scenario):
        name = template_of(step)
        if isinstance(step, Create):
            created.add(step.template)
        elif step.asks_routes and name in known - created:
            where = document.where((*path, "template"))
            what = f"no earlier step creates copies of `{name}`"
            yield Problem(where=where, what=what, hint="add a step `do: create` before it")


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
