"""The subjects of a side's probes: every process of its component, and what is around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial

from loadstone.formats import Component
from loadstone.measure.api_client import USER_AGENT
from loadstone.measure.component_queries import component_queries
from loadstone.measure.context import RunContext
from loadstone.measure.partial_run import PartialRun
from loadstone.measure.probes.probe import Subject
from loadstone.measure.process_life import ProcessLife
from loadstone.measure.steps.scene import Scene
from loadstone.model import Accounting, ApiAccess
from loadstone.model.plan import PODS
from loadstone.model.profile_kinds import in_round
from loadstone.protocols import RunningComponent, RunningProcess

OURS = USER_AGENT.split("/", 1)[0] + "/"


def subjects(
    context: RunContext,
    seen: PartialRun,
    running: RunningComponent,
    lives: Mapping[str, ProcessLife],
    before: Accounting | None,
    scene: Scene,
) -> dict[str, Subject]:
    """Every process, and beside the main one what there is once a side."""
    world = context.worlds[seen.slot.lane]
    main = context.inputs.component.main()
    found = {each.name: _subject(context, seen, each, running.access) for each in running.processes}
    found = {name: replace(each, life=lives.get(name)) for name, each in found.items()}
    found[main] = replace(
        found[main],
        accounting=world.accounting,
        before=before,
        neighbours={
            "upstream": lambda: [world.upstream.pid] if world.upstream else [],
            "generator": lambda: scene.generators,
        },
        prometheus=component_queries(
            context.inputs.component,
            running,
            world.cluster.access,
            page=metrics_page(context.inputs.component, running),
            pods=context.inputs.plan.place == PODS,
            started=scene.started_at or 0.0,
            given=context.inputs.prometheus,
        ),
        agent=OURS,
    )
    return found


def _subject(
    context: RunContext, seen: PartialRun, running: RunningProcess, access: ApiAccess
) -> Subject:
    process, slot = context.inputs.component.started()[running.name], seen.slot
    workload, planned = context.workload(slot.case), context.case(slot.case)
    profiled = in_round(workload.profiled, planned.turn(slot.round))
    return Subject(
        pid=running.pid,
        usage=running.usage,
        access=access,
        metrics=running.fill(process.metrics),
        scrape=process.scrape,
        pprof=running.fill(process.pprof),
        collect=running.fill(process.collect),
        expvar=running.fill(process.expvar),
        profiles=workload.profiles if profiled else (),
        profilers={
            kind: partial(_command, each.command, running)
            for kind, each in process.profilers.items()
        },
        window=planned.window,
    )


def _command(
    parts: Sequence[str], running: RunningProcess, names: Mapping[str, str]
) -> Sequence[str]:
    """The command of a profiler, with what it is told and the component's own names."""
    found = []
    for part in parts:
        for name, value in names.items():
            part = part.replace(f"${{{name}}}", value)  # noqa: PLW2901
        found.append(running.fill(part))
    return found


def metrics_page(component: Component, running: RunningComponent) -> str:
    """The URL of the page of the process that is measured before the others, or ""."""
    main = component.main()
    return next(
        (
            each.fill(component.started()[main].metrics)
            for each in running.processes
            if each.name == main
        ),
        "",
    )
