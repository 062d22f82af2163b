"""Templates of the component's file: what a scenario leaves to it, and what it has otherwise.

A scenario names in `given` what it takes from there: `object` is one of the kind that the component
works on. Where the scenario has a template of that name itself, the objects are the component's: so
one whose routes are of a kind of its own is measured by the scenarios that all others are.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from loadstone.errors import InvalidFile, Problem
from loadstone.formats import Component, Template, Workload
from loadstone.formats.schema_problems import did_you_mean
from loadstone.model import Case
from loadstone.plan.bind import bind
from loadstone.plan.check_workload import each_step, lacking, template_of


def filled(case: Case, workload: Workload, component: Component) -> Workload:
    """The workload of a case with the templates of its component, in the case's own sizes.

    Raises `InvalidFile` for what the component's file lacks for it.
    """
    problems = list(_problems(workload, component))
    if problems:
        raise InvalidFile(
            problems,
            next_step=f"add it to the component's file, or leave {case.name} out with --case",
        )
    own = {name: _sized(each, case) for name, each in _own(workload, component).items()}
    return msgspec.structs.replace(workload, templates={**workload.templates, **own})


def _own(workload: Workload, component: Component) -> dict[str, Template]:
    """The templates of the component's file that this workload has a place for.

    What one of them leaves out, how a copy is checked or what is right, is the scenario's.
    """
    given = {
        name: component.templates[name] for name in workload.given if name in component.templates
    }
    others = {
        name: each for name, each in workload.templates.items() if name in component.templates
    }
    return given | {name: _over(each, component.templates[name]) for name, each in others.items()}


def _over(scenarios: Template, own: Template) -> Template:
    return msgspec.structs.replace(
        own, check=own.check or scenarios.check, right=own.right or scenarios.right
    )


def _sized(template: Template, case: Case) -> Template:
    """A template with its sizes: those of the case's axes, else its defaults."""
    axes = {name: case.axes.get(name, value) for name, value in template.defaults.items()}
    plain = msgspec.to_builtins(msgspec.structs.replace(template, defaults={}))
    return msgspec.convert(bind(plain, axes), Template) if axes else template


def _problems(workload: Workload, component: Component) -> Iterator[Problem]:
    place = f"components/{component.component}"
    for name in workload.given:
        if name not in component.templates:
            hint = did_you_mean(name, component.templates) if component.templates else ""
            what = f"it has no template `{name}`, which the scenario takes from it"
            yield Problem(where=f"{place}: templates", what=what, hint=hint)
    own = _own(workload, component)
    templates = {**workload.templates, **own}
    used = []
    for _, step in each_step(workload):
        name_of_step = template_of(step) or ""
        used.append(templates.get(name_of_step))
        if name_of_step in own and (wrong := lacking(step, name_of_step, own[name_of_step])):
            what, hint = wrong
            yield Problem(where=f"{place}: templates.{name_of_step}", what=what, hint=hint)
    if component.push and any(each and each.right for each in used):
        what = "routes are pushed to it, and the scenario looks at objects of the API server"
        yield Problem(where=f"{place}: push", what=what)
    if not component.traffic and any(each and each.check for each in used):
        what = "the scenario asks its routes, and there is nowhere to send requests"
        yield Problem(where=f"{place}: traffic", what=what, hint="say where: `${http}`")
