"""A side of a run: its component, up and ready in its world, with its scene and its probes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from loadstone.formats import Component, SecureTraffic
from loadstone.measure import validity
from loadstone.measure.api_client import USER_AGENT, HttpApiClient
from loadstone.measure.at_work import watched
from loadstone.measure.component_queries import component_queries
from loadstone.measure.context import RunContext
from loadstone.measure.expectations.board import Board
from loadstone.measure.load import headroom as headrooms
from loadstone.measure.load.headroom import Headroom
from loadstone.measure.object_client import ObjectClient
from loadstone.measure.partial_run import PartialRun
from loadstone.measure.probes.probe import Subject
from loadstone.measure.process_life import ProcessLife
from loadstone.measure.steps.delivery import ApiDelivery, Delivery
from loadstone.measure.steps.dialled import DialBoard
from loadstone.measure.steps.execute import before_start
from loadstone.measure.steps.install import install, needed
from loadstone.measure.steps.lockstep import Lockstep
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.process_control import ProcessControl
from loadstone.measure.steps.push import HeldDelivery, PushDelivery
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.templates import Renderer
from loadstone.model import Accounting, ApiAccess, Side, Slot
from loadstone.model.events import LongWait
from loadstone.model.padding import padding
from loadstone.model.plan import PODS
from loadstone.model.profile_kinds import in_round
from loadstone.protocols import RememberingComponent, RunningComponent, RunningProcess
from loadstone.system import temporary

_OURS = USER_AGENT.split("/", 1)[0] + "/"


@dataclass(frozen=True, kw_only=True)
class RunningSide:
    """A side that is up: what its steps act on, and what its probes look at."""

    scene: Scene
    subjects: Mapping[str, Subject]  # by process, in the order of their start


@contextmanager
def running_side(
    context: RunContext, seen: PartialRun, lockstep: Lockstep, spare: Headroom | None
) -> Iterator[RunningSide]:
    """A side, from its empty cluster to its fresh component; all ended on leaving.

    What is known of it goes to `seen` as it comes. Raises `ComponentFailed`, `ClusterFailed`.
    """
    given, slot = context.inputs, seen.slot
    world = context.worlds[slot.lane]
    asked = context.workload(slot.case)
    world.prepare(asked.dials, nodes=int(asked.cluster.nodes))
    before = world.accounting()
    padded = padding(given.plan.seed, slot)
    seen.outcome += Outcome(quantities=padded.quantities())
    with (
        temporary.directory(given.workdir) as directory,
        _scene(context, seen, lockstep, directory) as scene,
    ):
        seen.outcome += _before(context, scene, slot.side)
        with given.start(
            context.revision(slot.side),
            world.cluster,
            workdir=directory,
            padding=padded,
            settings=asked.settings,
        ) as running:
            seen.outcome += Outcome(quantities=_of_start(running, spare), notes=running.notes)
            lives = {
                each.name: ProcessLife(each.pid)
                for each in running.processes
                if each.pid is not None  # it is here
            }
            try:
                with _attached(context, scene, running, lives, lockstep, before, slot):
                    scene.headroom = spare
                    subjects = _subjects(context, seen, running, lives, before, scene)
                    yield RunningSide(scene=scene, subjects=subjects)
            finally:
                seen.spoil(*validity.exited(running.ended()), *running.reasons())
                if isinstance(running, RememberingComponent):
                    seen.outcome += Outcome(notes=running.afterwards())


def _of_start(running: RunningComponent, spare: Headroom | None) -> dict[str, float]:
    started = {"process.start_seconds": running.start_seconds, "process.restarts": 0.0}
    for each in running.processes:
        if each.name:
            started[f"process.{each.name}.start_seconds"] = each.start_seconds
    return started if spare is None else started | headrooms.quantities(spare)


@contextmanager
def _scene(
    context: RunContext, seen: PartialRun, lockstep: Lockstep, directory: Path
) -> Iterator[Scene]:
    """The scene of a component that has not been started yet."""
    given, slot = context.inputs, seen.slot
    case, workload, world = (
        context.case(slot.case),
        context.workload(slot.case),
        context.worlds[slot.lane],
    )
    renderer = Renderer(
        templates=workload.templates,
        backends=world.backends()[: int(workload.upstream.servers)],
        body=min(workload.upstream.bodies, default=0),
    )
    with closing(Board(world.objects)) as board:
        yield Scene(
            workload=workload,
            warmup=case.warmup,
            window=case.window,
            target="",
            renderer=renderer,
            delivery=_before_start(given.component, renderer, world.objects),
            api=world.cluster.access,
            objects=world.objects,
            faults=DialBoard(workload.dials, world.dial),
            generator=given.generator,
            check=lockstep.check,
            meet=lockstep.meet,
            workdir=directory,
            tell=lambda note: context.events(LongWait(slot=slot, note=note)),
            seed=given.plan.seed * 1000 + slot.round,  # the same for both sides of a round
            board=None if given.component.push else board,
        )


def _before_start(component: Component, renderer: Renderer, objects: ObjectClient) -> Delivery:
    """The delivery of what the component is to find."""
    return HeldDelivery() if component.push else ApiDelivery(renderer, objects)


def _before(context: RunContext, scene: Scene, side: Side) -> Outcome:
    """What has to be there before the component starts."""
    component = context.inputs.component
    if component.api:  # which is not up yet
        return Outcome()
    if scene.board is not None:
        install(needed(component, context.revision(side)), scene)
    return before_start(scene)


@contextmanager
def _attached(
    context: RunContext,
    scene: Scene,
    running: RunningComponent,
    lives: Mapping[str, ProcessLife],
    lockstep: Lockstep,
    before: Accounting | None,
    slot: Slot,
) -> Iterator[None]:
    """The scene with its component, which is up."""
    component, world = context.inputs.component, context.worlds[slot.lane]
    scene.started_at = time.monotonic() - running.start_seconds
    scene.target = running.fill(component.traffic)
    scene.control = ProcessControl(running, lives, component.main())
    if scene.board is not None:
        scene.board.enter(running.network)
    scene.secure = _secure(component, running)
    with ExitStack() as stack:
        if running.access.url:  # it is the API server itself, and objects are made there
            scene.api = running.access
            scene.objects = _objects(running, stack)
            scene.board = stack.enter_context(closing(Board(scene.objects)))
            scene.board.enter(running.network)
            scene.delivery = ApiDelivery(scene.renderer, scene.objects)
            install(needed(component, context.revision(slot.side)), scene)
        if component.push is not None:
            pushed = PushDelivery(scene.renderer, component.push, running.names)
            stack.callback(pushed.close)
            if there := [copy for each in scene.copies.values() for copy in each]:
                pushed.create(there)
            scene.delivery = pushed
        delivery = scene.delivery

        def check() -> None:
            for reason in validity.exited(running.ended()):
                raise StepFailed(reason)
            delivery.check()
            lockstep.check()

        scene.check = check
        scene.watched = watched(world, before, _OURS, _page(context, running), running.access)
        yield


def _page(context: RunContext, running: RunningComponent) -> str:
    """The metrics page of the process that is measured before the others, or ""."""
    component = context.inputs.component
    main = component.main()
    return next(
        (
            each.fill(component.started()[main].metrics)
            for each in running.processes
            if each.name == main
        ),
        "",
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


def _objects(running: RunningComponent, stack: ExitStack) -> ObjectClient:
    """A client of the API server that the component is itself."""
    return ObjectClient(stack.enter_context(closing(HttpApiClient(running.access))))


def _secure(component: Component, running: RunningComponent) -> SecureTraffic | None:
    """Where this run of the component takes requests over TLS."""
    said = component.secure_traffic
    if said is None:
        return None
    return SecureTraffic(address=running.fill(said.address), ca=running.fill(said.ca))


def _subjects(
    context: RunContext,
    seen: PartialRun,
    running: RunningComponent,
    lives: Mapping[str, ProcessLife],
    before: Accounting | None,
    scene: Scene,
) -> dict[str, Subject]:
    """What probes look at: every process, and what there is once a side beside the main one."""
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
            page=_page(context, running),
            pods=context.inputs.plan.place == PODS,
            started=scene.started_at or 0.0,
        ),
        agent=_OURS,
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
