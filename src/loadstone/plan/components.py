"""Component files, read and checked."""

from __future__ import annotations

from collections.abc import Iterator

import jinja2
import jinja2.meta
import msgspec

from loadstone.errors import Problem
from loadstone.formats import Component, Template
from loadstone.formats.decode import decode
from loadstone.formats.manifests import faults
from loadstone.formats.schema_problems import did_you_mean
from loadstone.formats.steps.load import PROTOCOLS
from loadstone.formats.yaml_text import Document, Path
from loadstone.plan import (
    check_access,
    check_answers,
    check_expectations,
    check_kubernetes,
    check_processes,
    check_promql,
    check_revisions,
    check_settings,
)
from loadstone.plan.check_processes import NAMES, by_path, filled, ports, unknown_placeholders
from loadstone.plan.check_workload import RESERVED, TEMPLATE_NAMES

PROFILED = ("pid", "seconds", "output")  # in the command of a profiler


def parse_component(text: str, filename: str) -> Component:
    """The component of a YAML text, in base units. Raises `InvalidFile` with all its problems.

    `filename` is what problems name as the place.
    """
    return decode(text, filename, Component, checks=_checks)


def _checks(component: Component, document: Document) -> Iterator[Problem]:
    yield from check_processes.problems(component, document)
    yield from check_revisions.problems(component.revisions, ("revisions",), document)
    for path, process in by_path(component).items():
        if process.revisions:
            yield from check_revisions.problems(process.revisions, (*path, "revisions"), document)
    yield from _unknown_placeholders(component, document)
    yield from check_access.problems(component, document)
    yield from check_kubernetes.problems(component, document)
    yield from check_settings.problems(component, document)
    yield from check_answers.problems(component, document)
    yield from check_promql.of_component(component, document)
    yield from _push(component, document)
    yield from _templates(component, document)
    yield from _objects(component, document)
    yield from _refuses(component, document)


def _objects(component: Component, document: Document) -> Iterator[Problem]:
    for index, item in enumerate(component.objects):
        if what := faults(item):
            yield Problem(where=document.where(("objects", index)), what=what)


def _refuses(component: Component, document: Document) -> Iterator[Problem]:
    for kind, why in component.refuses.items():
        where = document.where(("refuses", kind), key=True)
        if kind not in PROTOCOLS:
            hint = did_you_mean(kind, PROTOCOLS)
            yield Problem(where=where, what=f"`{kind}` is nothing that a load sends", hint=hint)
        elif not why.strip():
            yield Problem(where=where, what=f"`{kind}` is refused for no reason", hint="say why")


def _templates(component: Component, document: Document) -> Iterator[Problem]:
    yield from check_expectations.problems(component.templates, ("templates",), document)
    for template, each in component.templates.items():
        at: Path = ("templates", template)
        yield from _defaults(each, (*at, "defaults"), document)
        known = {*TEMPLATE_NAMES, *each.defaults}
        yield from unknown_placeholders(msgspec.to_builtins(each), at, known, document)


def _defaults(template: Template, path: Path, document: Document) -> Iterator[Problem]:
    for name in template.defaults:
        if name in RESERVED:
            where = document.where((*path, name), key=True)
            yield Problem(where=where, what=f"`{name}` is a copy's own and has no default")


def _unknown_placeholders(component: Component, document: Document) -> Iterator[Problem]:
    known = {*NAMES, *ports(component), *component.settings}
    for path, process in by_path(component).items():
        yield from unknown_placeholders(filled(process), path, known, document)
        profilers = {"profilers": msgspec.to_builtins(process.profilers)}
        yield from unknown_placeholders(profilers, path, known | {*PROFILED}, document)
    push: dict[str, object] = msgspec.to_builtins(component.push) or {}
    push.pop("template", None)
    secure = msgspec.to_builtins(component.secure_traffic)
    shared = {"traffic": component.traffic, "secure_traffic": secure, "push": push}
    yield from unknown_placeholders(shared, (), known, document)


def _push(component: Component, document: Document) -> Iterator[Problem]:
    if component.push is None:
        return
    yield from check_processes.no_url(component.push.url, ("push", "url"), document)
    where = document.where(("push", "template"))
    environment = jinja2.Environment()  # noqa: S701 (it renders configuration, not HTML)
    try:
        names = jinja2.meta.find_undeclared_variables(environment.parse(component.push.template))
    except jinja2.TemplateSyntaxError as error:
        what = f"the template is no Jinja2: {error.message}, in its line {error.lineno}"
        yield Problem(where=where, what=what)
        return
    known = {"routes", *ports(component)}
    for name in sorted(names - known):
        what = f"the template uses `{name}`, which has no value"
        yield Problem(where=where, what=what, hint=did_you_mean(name, known))
