"""The fit of a scenario and a component: what one asks for and the other lacks, with its line."""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.errors import Problem
from loadstone.formats import Component, Restart, Scenario, Step, TimedFault
from loadstone.formats.schema_problems import did_you_mean
from loadstone.formats.yaml_text import Document, Path
from loadstone.plan.check_workload import steps


def problems(component: Component, scenario: Scenario, document: Document) -> Iterator[Problem]:
    """Steps that send requests to a component that takes none, or come before its API is there.

    And settings that it does not have. `document`: of the scenario.
    """
    yield from _settings(component, scenario, document)
    if component.api and scenario.workload.before:
        where = document.where(("workload", "before"), key=True)
        what = f"{component.component} is the API server itself, and not there before it starts"
        yield Problem(where=where, what=what, hint="do these steps in `setup`")
    for path, step in steps(scenario):
        yield from _of_processes(component, step, path, document)
    for path, step in [] if component.traffic else steps(scenario):
        if scenario.workload.asks_component(step):
            what = f"`do: {step.kind()}` sends requests, and {component.component} has no `traffic`"
            hint = "say in the component file where they go: `traffic: ${port}`"
            yield Problem(where=document.where((*path, "do")), what=what, hint=hint)


def _of_processes(
    component: Component, step: Step, path: Path, document: Document
) -> Iterator[Problem]:
    """A process that the component does not have, or a network of its own to be cut off from."""
    name = step.process if isinstance(step, TimedFault | Restart) else ""
    if name and name not in component.processes:
        what = f"{component.component} has no process `{name}`"
        hint = did_you_mean(name, component.processes)
        yield Problem(where=document.where((*path, "process")), what=what, hint=hint)
    if isinstance(step, TimedFault) and step.act == "cut" and component.network != "own":
        what = f"{component.component} cannot be cut off: it shares the network of this machine"
        hint = "say `network: own` in the component file"
        yield Problem(where=document.where((*path, "act")), what=what, hint=hint)


def _settings(component: Component, scenario: Scenario, document: Document) -> Iterator[Problem]:
    for name in scenario.workload.settings.keys() - component.settings.keys():
        where = document.where(("workload", "settings", name), key=True)
        what = f"{component.component} has no setting `{name}`"
        hint = did_you_mean(name, component.settings) if component.settings else ""
        yield Problem(where=where, what=what, hint=hint)
