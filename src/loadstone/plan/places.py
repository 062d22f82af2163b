"""The places where a run can happen, and what cannot be done in each: said before anything runs.

In `processes` a component's programs run on this machine. In `pods` it is deployed in the cluster
as its file's `kubernetes` says.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from loadstone.errors import Problem
from loadstone.formats import Component, Scenario
from loadstone.formats.deployment import DEFINITION
from loadstone.formats.steps import Idle, Restart, Settle, TimedFault
from loadstone.formats.yaml_text import Document
from loadstone.model.plan import PODS, PROCESSES, CasePlan
from loadstone.plan.check_workload import steps

# What begins so is not counted where a component asks the API server past us.
API = "api."
_ONE_CLUSTER = "install it in the cluster beforehand, or choose a tier whose `design` is solo"
# What no audit log has, which counts the rest of these where there is one.
NOT_AUDITED = frozenset({"api.bytes_out", "api.watch_events"})
_NOT_IN_PODS: Mapping[str, Callable[[Component], bool]] = {
    "processes": lambda component: bool(component.processes),
    "api": lambda component: bool(component.api),
    "certificates": lambda component: bool(component.certificates),
    "network": lambda component: component.network == "own",
    "profilers": lambda component: any(each.profilers for each in component.started().values()),
}


def uncounted(cases: Iterable[CasePlan], place: str, *, audited: bool = False) -> frozenset[str]:
    """The quantities of these cases that nobody counts there, though they are always counted.

    `audited`: requests of pods are counted by the API server's audit log.
    """
    if place != PODS:
        return frozenset()
    if audited:
        return NOT_AUDITED
    sources = [source for case in cases for source in case.sources.values()]
    named = {name for source in sources for name in (source.quantity, source.per)}
    return frozenset(name for name in named if name.startswith(API))


def of_component(component: Component, document: Document, place: str) -> Iterator[Problem]:
    """The hindrances for a component to run there. `document`: of its file."""
    whole = document.where((), key=True)
    if place == PROCESSES:
        if not all(each.command for each in component.started().values()):
            what = f"{component.component} has no `command`, and runs as pods alone"
            yield Problem(where=whole, what=what, hint="measure it with --place pods")
        return
    if component.kubernetes is None:
        what = f"{component.component} does not say how it is deployed as pods"
        yield Problem(where=whole, what=what, hint="add `kubernetes`, or leave out --place pods")
    for key, has in _NOT_IN_PODS.items():
        if has(component):
            where, what = document.where((key,), key=True), f"`{key}` does not work in pods yet"
            yield Problem(where=where, what=what, hint="measure it with --place processes")


def of_scenario(scenario: Scenario, document: Document, place: str) -> Iterator[Problem]:
    """The parts of a scenario that cannot be done there. `document`: of its file."""
    if place != PODS:
        return
    workload = scenario.workload
    hint = "measure it with --place processes"
    if workload.dials:
        where = document.where(("workload", "dials"), key=True)
        what = "a component in pods asks the API server past us, which so has no faults to dial"
        yield Problem(where=where, what=what, hint=hint)
    for path, step in steps(scenario):
        if isinstance(step, Settle | Idle):
            what = f"`do: {step.kind()}` counts API requests, which are not counted in pods yet"
        elif isinstance(step, TimedFault | Restart):
            what = f"`do: {step.kind()}` acts on processes of this machine, and there are none"
        else:
            continue
        yield Problem(where=document.where((*path, "do")), what=what, hint=hint)


def of_pairs(component: Component, document: Document) -> Iterator[Problem]:
    """The hindrances for both sides to be in one cluster. `document`: of the component's file.

    A kind is one for the whole cluster: it cannot be made for each side.
    """
    said, hint = component.kubernetes, _ONE_CLUSTER
    deployed = said.manifests if said else []
    for key, objects in (("objects", component.objects), ("kubernetes", deployed)):
        if any(not isinstance(item, str) and item.get("kind") == DEFINITION for item in objects):
            what = f"`{key}` has a {DEFINITION}, and both sides of a pair are in one cluster"
            yield Problem(where=document.where((key,), key=True), what=what, hint=hint)
    for way in ("build", "go"):
        source = getattr(component.revisions, way)
        if source is not None and source.definitions is not None:
            what = (
                "each side has its own `definitions`, and both sides of a pair are in one cluster"
            )
            where = document.where(("revisions", way, "definitions"), key=True)
            yield Problem(where=where, what=what, hint=hint)
