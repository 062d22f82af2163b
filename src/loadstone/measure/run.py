"""One run: a fresh component, the steps of a case, the probes, and whether it counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from loadstone import formats
from loadstone.errors import ClusterFailed, ComponentFailed, MeasurementFailed
from loadstone.measure import validity
from loadstone.measure.api_client import USER_AGENT, ApiRequestFailed
from loadstone.measure.context import RunContext
from loadstone.measure.host.conditions import conditions, disturbances
from loadstone.measure.load import headroom as headrooms
from loadstone.measure.load.headroom import Headroom
from loadstone.measure.partial_run import PartialRun
from loadstone.measure.probes.probe import Subject
from loadstone.measure.probes.table import ProbeWindow
from loadstone.measure.steps import execute
from loadstone.measure.steps.delivery import ApiDelivery, Delivery
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.push import PushDelivery
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.templates import Renderer
from loadstone.model import Accounting, Note, Run, Slot
from loadstone.model.padding import padding
from loadstone.protocols import Accountable, Cluster, Dialable, Resettable, RunningComponent
from loadstone.system import temporary

NOT_READY = "not-ready"
_OURS = USER_AGENT.split("/", 1)[0] + "/"


def execute_slot(context: RunContext, slot: Slot) -> Run:
    """Do one run. What goes wrong with the component or its world makes the run invalid.

    Raises only what makes further runs pointless: `ClusterFailed`, `MissingTool`, `InvalidFile`,
    `UsageError`, a generator that breaks before anything is measured, and interrupts.
    """
    spare = context.headroom(context.workload(slot.case))
    started, begun = datetime.now(UTC), time.monotonic()
    seen, before = PartialRun(), conditions(context.inputs.read)
    try:
        _measure(context, slot, seen, spare)
    except StepFailed as error:
        seen.outcome += Outcome(invalid=[error.reason])
    except (ComponentFailed, ApiRequestFailed, MeasurementFailed) as error:
        if not context.inputs.cluster.alive():
            raise ClusterFailed("the API server has gone") from error
        seen.outcome += Outcome(invalid=[Note.of(_code(error), message=error.message)])
    after = conditions(context.inputs.read)
    seen.outcome += Outcome(invalid=disturbances(context.first, before, after))
    return seen.finished(context, slot, started=started, seconds=time.monotonic() - begun)


def _code(error: MeasurementFailed) -> str:
    match error:
        case ComponentFailed():
            return NOT_READY
        case ApiRequestFailed():
            return "api-errors"
        case _:
            return "failed"


def _measure(context: RunContext, slot: Slot, seen: PartialRun, spare: Headroom | None) -> None:
    """Fill `seen` as the run goes on, so that a run that breaks off keeps what it had."""
    given, workload = context.inputs, context.workload(slot.case)
    cluster = given.cluster
    _prepare(cluster, workload.dials)
    before = cluster.accounting() if isinstance(cluster, Accountable) else Accounting()
    revision = context.revision(slot.side)
    padded = padding(given.plan.seed, slot)
    seen.outcome += Outcome(quantities=padded.quantities())
    with (
        temporary.directory(given.workdir) as directory,
        given.start(revision, cluster, workdir=directory, padding=padded) as running,
    ):
        seen.outcome += Outcome(quantities=_of_start(running, spare))
        try:
            with _scene(context, running, slot, directory) as scene:
                scene.headroom = spare
                window = ProbeWindow(_subject(context, slot, running, before))
                with window:
                    seen.readings = window.readings
                    seen.outcome += execute.execute(scene, window)
        finally:
            seen.outcome += Outcome(invalid=validity.exited(running.exited(), running.tail()))


def _prepare(cluster: Cluster, dials: Sequence[formats.Dial]) -> None:
    """The cluster as new, with the faults that the case asks for."""
    if isinstance(cluster, Resettable):
        cluster.reset()
    if isinstance(cluster, Dialable):
        cluster.dial(dials)


def _of_start(running: RunningComponent, spare: Headroom | None) -> dict[str, float]:
    started = {"process.start_seconds": running.start_seconds, "process.restarts": 0.0}
    return started if spare is None else started | headrooms.quantities(spare)


@contextmanager
def _scene(
    context: RunContext,
    running: RunningComponent,
    slot: Slot,
    directory: Path,
) -> Iterator[Scene]:
    given, case, workload = context.inputs, context.case(slot.case), context.workload(slot.case)
    renderer = Renderer(
        templates=workload.templates,
        backends=context.backends()[: workload.upstream.servers],
        body=min(workload.upstream.bodies, default=0),
    )
    push = given.component.push
    with ExitStack() as stack:
        delivery: Delivery = ApiDelivery(renderer, context.objects)
        if push is not None:
            pushed = PushDelivery(renderer, push, running.names)
            stack.callback(pushed.close)
            delivery = pushed

        def check() -> None:
            for reason in validity.exited(running.exited(), running.tail()):
                raise StepFailed(reason)
            delivery.check()

        yield Scene(
            workload=workload,
            warmup=case.warmup,
            window=case.window,
            target=running.fill(given.component.traffic),
            renderer=renderer,
            delivery=delivery,
            generator=given.generator,
            check=check,
            workdir=directory,
            seed=given.plan.seed * 1000 + slot.round,  # the same for both sides of a round
        )


def _subject(
    context: RunContext,
    slot: Slot,
    running: RunningComponent,
    before: Accounting,
) -> Subject:
    component, workload = context.inputs.component, context.workload(slot.case)
    return Subject(
        pid=running.pid,
        metrics=running.fill(component.metrics),
        scrape=component.scrape,
        pprof=running.fill(component.pprof),
        profiles=workload.profiles,
        window=context.case(slot.case).window,
        accounting=_accounting(context.inputs.cluster),
        before=before,
        agent=_OURS,
    )


def _accounting(cluster: Cluster) -> Callable[[], Accounting]:
    return cluster.accounting if isinstance(cluster, Accountable) else Accounting
