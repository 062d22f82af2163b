"""One run: a fresh component, the steps of a case, what the probes saw, and whether it counts."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

import msgspec

from loadstone import formats
from loadstone.errors import ClusterFailed, ComponentFailed, MeasurementFailed
from loadstone.measure import quantities, validity
from loadstone.measure.api_client import USER_AGENT, ApiRequestFailed, ObjectClient
from loadstone.measure.host.conditions import Conditions, conditions, disturbances
from loadstone.measure.host.machine import Reader
from loadstone.measure.load import headroom as headrooms
from loadstone.measure.load.generator import Generator
from loadstone.measure.load.headroom import Headroom, headroom
from loadstone.measure.probes.api_requests import ApiData
from loadstone.measure.probes.probe import ProbeReading, Subject
from loadstone.measure.probes.profile import ProfileData
from loadstone.measure.probes.profile_files import save
from loadstone.measure.probes.table import ProbeWindow
from loadstone.measure.steps import execute
from loadstone.measure.steps.delivery import ApiDelivery, Delivery
from loadstone.measure.steps.outcome import NOTHING, Outcome, StepFailed
from loadstone.measure.steps.push import PushDelivery
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.templates import Backend, Renderer
from loadstone.measure.upstream import RunningUpstream
from loadstone.model import Accounting, CasePlan, Note, Plan, Run, Side, Slot, reasons, values
from loadstone.model.padding import padding
from loadstone.protocols import (
    Accountable,
    Cluster,
    Dialable,
    Resettable,
    RunningComponent,
    StartComponent,
)
from loadstone.system import temporary

NOT_READY = "not-ready"
_OURS = USER_AGENT.split("/", 1)[0] + "/"
T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Session:
    """What all runs of a session share.

    `start` starts a revision of `component`. `first`: what `read` told as it began. `try_out`:
    finds out what a load's headroom is.
    """

    plan: Plan
    component: formats.Component
    start: StartComponent
    cluster: Cluster
    generator: Generator
    objects: ObjectClient
    upstream: RunningUpstream
    profile_problem: validity.ProfileProblem
    out: Path
    workdir: Path
    read: Reader
    first: Conditions
    try_out: Callable[..., Headroom] = headroom
    headrooms: dict[formats.Load, Headroom] = field(default_factory=dict)

    def case(self, name: str) -> CasePlan:
        return next(each for each in self.plan.cases if each.case.name == name)

    def backends(self) -> list[Backend]:
        """The upstream's servers, by the names they say in `x-upstream`."""
        ports = enumerate(self.upstream.ports)
        return [Backend(name=f"s{k}", host=self.upstream.host, port=port) for k, port in ports]

    def headroom(self, workload: formats.Workload) -> Headroom | None:
        """What generator and upstream can do alone; tried once per kind of load, None without."""
        load = next((step for step in workload.measured if isinstance(step, formats.Load)), None)
        if load is None:
            return None
        if load not in self.headrooms:
            self.headrooms[load] = self.try_out(
                self.generator,
                self.upstream,
                rate=float(load.rate),
                connections=int(load.connections),
                body=int(load.body),
                workdir=self.workdir,
            )
        return self.headrooms[load]


@dataclass(kw_only=True)
class _PartialRun:
    """What has come of a run so far, whatever ends it."""

    outcome: Outcome = NOTHING
    samples: dict[str, ProbeReading] = field(default_factory=dict)
    tail: str = ""


def execute_slot(session: Session, slot: Slot) -> Run:
    """Do one run. What goes wrong with the component or its world makes the run invalid.

    Raises only what makes further runs pointless: `ClusterFailed`, `MissingTool`, `InvalidFile`,
    `UsageError`, a generator that breaks before anything is measured, and interrupts.
    """
    spare = session.headroom(msgspec.convert(session.case(slot.case).workload, formats.Workload))
    started, begun = datetime.now(UTC), time.monotonic()
    seen, before = _PartialRun(), conditions(session.read)
    try:
        _measure(session, slot, seen, spare)
    except StepFailed as error:
        seen.outcome += Outcome(invalid=[error.reason])
    except (ComponentFailed, ApiRequestFailed, MeasurementFailed) as error:
        if not session.cluster.alive():
            raise ClusterFailed("the API server has gone") from error
        seen.outcome += Outcome(invalid=[Note.of(_code(error), message=error.message)])
    after = conditions(session.read)
    seen.outcome += Outcome(invalid=disturbances(session.first, before, after))
    return _run(session, slot, seen, started, time.monotonic() - begun)


def _code(error: MeasurementFailed) -> str:
    match error:
        case ComponentFailed():
            return NOT_READY
        case ApiRequestFailed():
            return "api-errors"
        case _:
            return "failed"


def _measure(session: Session, slot: Slot, seen: _PartialRun, spare: Headroom | None) -> None:
    """Fill `seen` as the run goes on, so that a run that breaks off keeps what it had."""
    case, cluster = session.case(slot.case), session.cluster
    workload = msgspec.convert(case.workload, formats.Workload)
    _prepare(cluster, workload.dials)
    before = cluster.accounting() if isinstance(cluster, Accountable) else Accounting()
    revision = session.plan.base if slot.side is Side.BASE else session.plan.head
    padded = padding(session.plan.seed, slot)
    seen.outcome += Outcome(quantities=padded.quantities())
    with (
        temporary.directory(session.workdir) as directory,
        session.start(revision, cluster, workdir=directory, padding=padded) as running,
    ):
        seen.outcome += Outcome(quantities=_of_start(running, spare))
        try:
            with _scene(session, case, workload, running, slot, directory) as scene:
                scene.headroom = spare
                window = ProbeWindow(_subject(session, case, workload, running, before))
                with window:
                    seen.samples = window.samples
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
    session: Session,
    case: CasePlan,
    workload: formats.Workload,
    running: RunningComponent,
    slot: Slot,
    directory: Path,
) -> Iterator[Scene]:
    renderer = Renderer(
        templates=workload.templates,
        backends=session.backends()[: workload.upstream.servers],
        body=min(workload.upstream.bodies, default=0),
    )
    push = session.component.push
    with ExitStack() as stack:
        delivery: Delivery = ApiDelivery(renderer, session.objects)
        if push is not None:
            delivery = PushDelivery(renderer, push, running.names)
            stack.callback(delivery.close)

        def check() -> None:
            for reason in validity.exited(running.exited(), running.tail()):
                raise StepFailed(reason)
            delivery.check()

        yield Scene(
            workload=workload,
            warmup=case.warmup,
            window=case.window,
            target=running.fill(session.component.traffic),
            renderer=renderer,
            delivery=delivery,
            generator=session.generator,
            check=check,
            workdir=directory,
            seed=session.plan.seed * 1000 + slot.round,  # the same for both sides of a round
        )


def _subject(
    session: Session,
    case: CasePlan,
    workload: formats.Workload,
    running: RunningComponent,
    before: Accounting,
) -> Subject:
    return Subject(
        pid=running.pid,
        metrics=running.fill(session.component.metrics),
        scrape=session.component.scrape,
        pprof=running.fill(session.component.pprof),
        profiles=workload.profiles,
        window=case.window,
        accounting=_accounting(session.cluster),
        before=before,
        agent=_OURS,
    )


def _accounting(cluster: Cluster) -> Callable[[], Accounting]:
    return cluster.accounting if isinstance(cluster, Accountable) else Accounting


def _run(session: Session, slot: Slot, seen: _PartialRun, started: datetime, seconds: float) -> Run:
    case = session.case(slot.case)
    workload = msgspec.convert(case.workload, formats.Workload)
    found = (seen.outcome + quantities.of_samples(seen.samples)).finite()
    profiles = _data(seen, "pprof", ProfileData)
    api = _data(seen, "api", ApiData)
    taken, false = validity.profiles(profiles or ProfileData(), session.profile_problem)
    invalid = [*found.invalid, *validity.of_quantities(found.quantities, workload.gate), *false]
    measured = values(case.sources, found.quantities)
    return Run(
        case=slot.case,
        side=slot.side,
        round=slot.round,
        order=slot.order,
        started=started.isoformat(timespec="seconds"),
        seconds=round(seconds, 3),
        values=reasons.kept(measured, invalid, case),
        quantities=found.quantities,
        histograms=found.histograms,
        series=found.series,
        requests=api.requests if api else {},
        probe_cost={name: sample.cost for name, sample in seen.samples.items()},
        profiles=save(session.out, slot, taken),
        invalid=tuple(dict.fromkeys(invalid)),  # two may have seen the same thing
        notes=found.notes,
    )


def _data(seen: _PartialRun, probe: str, kind: type[T]) -> T | None:
    sample = seen.samples.get(probe)
    return sample.data if sample is not None and isinstance(sample.data, kind) else None
