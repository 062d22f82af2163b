"""A side of a run: its component, up and ready in its world, with its scene and its probes."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from loadstone.formats import Component, Push, SecureTraffic
from loadstone.measure import validity
from loadstone.measure.api_client import HttpApiClient
from loadstone.measure.at_work import watched
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
from loadstone.measure.subjects import OURS, metrics_page, subjects
from loadstone.model import Accounting, Side, Slot
from loadstone.model.events import LongWait
from loadstone.model.padding import padding
from loadstone.protocols import RememberingComponent, RunningComponent
from loadstone.system import temporary


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
                    found = subjects(context, seen, running, lives, before, scene)
                    yield RunningSide(scene=scene, subjects=found)
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
    case, workload = context.case(slot.case), context.workload(slot.case)
    world, pushed = context.worlds[slot.lane], given.component.push is not None
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
            delivery=HeldDelivery() if pushed else ApiDelivery(renderer, world.objects),
            api=world.cluster.access,
            objects=world.objects,
            faults=DialBoard(workload.dials, world.dial),
            generator=given.generator,
            check=lockstep.check,
            meet=lockstep.meet,
            workdir=directory,
            tell=lambda note: context.events(LongWait(slot=slot, note=note)),
            seed=given.plan.seed * 1000 + slot.round,  # the same for both sides of a round
            board=None if pushed else board,
        )


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
        if running.access.url:
            _enter_own_api(scene, running, stack)
            install(needed(component, context.revision(slot.side)), scene)
        if component.push is not None:
            scene.delivery = _pushed(scene, component.push, running, stack)
        scene.check = partial(_check, running, scene.delivery, lockstep)
        page = metrics_page(component, running)
        scene.watched = watched(world, before, OURS, page, running.access)
        yield


def _enter_own_api(scene: Scene, running: RunningComponent, stack: ExitStack) -> None:
    """The component is the API server itself, and objects are made there."""
    scene.api = running.access
    scene.objects = ObjectClient(stack.enter_context(closing(HttpApiClient(running.access))))
    scene.board = stack.enter_context(closing(Board(scene.objects)))
    scene.board.enter(running.network)
    scene.delivery = ApiDelivery(scene.renderer, scene.objects)


def _pushed(scene: Scene, push: Push, running: RunningComponent, stack: ExitStack) -> PushDelivery:
    """The delivery to a component that is told its routes, which has told it of what is there."""
    pushed = PushDelivery(scene.renderer, push, running.names)
    stack.callback(pushed.close)
    if there := [copy for each in scene.copies.values() for copy in each]:
        pushed.create(there)
    return pushed


def _check(running: RunningComponent, delivery: Delivery, lockstep: Lockstep) -> None:
    """Raise for what ends the run: a component that has gone or refuses, another side's failure."""
    for reason in validity.exited(running.ended()):
        raise StepFailed(reason)
    delivery.check()
    lockstep.check()


def _secure(component: Component, running: RunningComponent) -> SecureTraffic | None:
    """Where this run of the component takes requests over TLS."""
    said = component.secure_traffic
    if said is None:
        return None
    return SecureTraffic(address=running.fill(said.address), ca=running.fill(said.ca))
