"""The measuring loop of a session: it asks for the runs that are due, until none is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

import msgspec

from loadstone import formats
from loadstone.errors import ComponentFailed, UsageError
from loadstone.measure.api_client import HttpApiClient
from loadstone.measure.context import RunContext, SessionInputs
from loadstone.measure.host.conditions import conditions
from loadstone.measure.object_client import ObjectClient
from loadstone.measure.run import execute_slots
from loadstone.measure.upstream import HOST, RunningUpstream, upstream
from loadstone.measure.world import World
from loadstone.model import Design, Note, Plan, Run, Side, Slot
from loadstone.model.events import RunFinished, RunStarted, SessionStarted, Watch, silent
from loadstone.model.reasons import NOT_READY, hopeless
from loadstone.protocols import (
    Cluster,
    Dialable,
    HasControllers,
    RealEndpoints,
    Resettable,
    Scalable,
    SharedCluster,
)
from loadstone.system.tools import find

_HOPELESS = 3  # runs in a row in which a side never became ready

NextSlots = Callable[[Sequence[Run]], Sequence[Slot]]


class Measure(Protocol):
    """Measuring as flows know it: `measure`, or what a test has in its place."""

    def __call__(
        self,
        inputs: SessionInputs,
        next_slots: NextSlots,
        *,
        on_run: Callable[[Run], None],
        done: Sequence[Run] = (),
        events: Watch = silent,
    ) -> list[Run]: ...


class NeverReady(ComponentFailed):
    """A side that did not get ready several times in a row; `why`: the reason of the last time."""

    def __init__(self, message: str, *, why: Note, next_step: str) -> None:
        super().__init__(message, next_step=next_step)
        self.why = why


class FailsAlike(NeverReady):
    """Both sides that fail in the same way before any run counts; `why`: the last reason."""


def measure(
    inputs: SessionInputs,
    next_slots: NextSlots,
    *,
    on_run: Callable[[Run], None],
    done: Sequence[Run] = (),
    events: Watch = silent,
) -> list[Run]:
    """Run what `next_slots` asks for until it asks for nothing; return all runs, `done` first.

    `next_slots` is called with the runs so far; slots that are already done are passed over. Every
    run goes to `on_run` as it ends. A run that cannot be trusted is kept as invalid; a side that
    never becomes ready three times in a row raises `NeverReady`, and two sides that fail alike in
    the first pair `FailsAlike`. Whatever is raised, an interrupt too, everything that was started
    has been ended.
    """
    _require(inputs.clusters, inputs.plan)
    runs = list(done)
    with _context(inputs, events) as context:
        by = f"{inputs.generator.name} {inputs.generator.version()}"
        server = context.worlds[0].upstream
        version = server.version if server else ""
        events(SessionStarted(generator=by, upstream=version, done=len(runs)))
        while slots := _open(next_slots(runs), runs):
            for pair in _at_once(slots):
                runs += _run(context, pair, on_run, events)
                _give_up_on_hopeless(runs)
    return runs


@contextmanager
def _context(inputs: SessionInputs, events: Watch) -> Iterator[RunContext]:
    with ExitStack() as stack:
        worlds = [
            stack.enter_context(_world(inputs, cluster, f"upstream-{number}"))
            for number, cluster in enumerate(inputs.clusters)
        ]
        first = conditions(inputs.read)
        yield RunContext(inputs=inputs, worlds=worlds, first=first, events=events)


@contextmanager
def _world(inputs: SessionInputs, cluster: Cluster, name: str) -> Iterator[World]:
    place = inputs.workdir / name
    rule = cluster.place if isinstance(cluster, SharedCluster) else None
    with _upstream(inputs, place, cluster) as server, closing(HttpApiClient(cluster.access)) as api:
        yield World(cluster=cluster, objects=ObjectClient(api, place=rule), upstream=server)


def _require(clusters: Sequence[Cluster], plan: Plan) -> None:
    """Raise `UsageError` for clusters that cannot do what every run of this plan needs."""
    mixed = [case.case.name for case in plan.cases if case.design is Design.MIXED]
    if mixed and len(clusters) < len(Side):
        raise UsageError(
            f"{mixed[0]} is measured in mixed pairs, which take a cluster for each side",
            next_step="choose another --provider, or a tier whose `design` is solo",
        )
    for cluster in clusters:
        _require_able(cluster, plan)


def _require_able(cluster: Cluster, plan: Plan) -> None:
    if not isinstance(cluster, Resettable):
        raise UsageError(
            f"the provider `{cluster.provider}` cannot be emptied between two runs",
            next_step="choose another --provider",
        )
    _require_controllers(cluster, plan)
    dialled = [case.case.name for case in plan.cases if _dials(case.workload)]
    if dialled and not isinstance(cluster, Dialable):
        raise UsageError(
            f"{dialled[0]} asks for faults, and the provider `{cluster.provider}` has none to dial",
            next_step="choose another --provider, or leave the case out with --case",
        )


def _require_controllers(cluster: Cluster, plan: Plan) -> None:
    """Raise `UsageError` where cases want controllers or nodes, and the cluster has none."""
    for case in plan.cases:
        needs = msgspec.convert(case.workload, formats.Workload).cluster
        named = f"{case.case.name} wants"
        if needs.nodes and not isinstance(cluster, Scalable):
            what = f"{named} {needs.nodes} nodes, and `{cluster.provider}` has none to give"
        elif needs.controllers and not isinstance(cluster, HasControllers):
            what = f"{named} controllers, and `{cluster.provider}` runs none"
        else:
            continue
        raise UsageError(what, next_step="choose --provider memory-controllers or hollow")


def _dials(workload: Mapping[str, Any]) -> bool:
    """Whether a workload dials faults of the API server, at any time."""
    steps = (*workload.get("setup", ()), *workload.get("measured", ()))
    return any(each.get("dials") for each in (workload, *steps))


def _run(
    context: RunContext,
    slots: Sequence[Slot],
    on_run: Callable[[Run], None],
    events: Watch,
) -> list[Run]:
    for slot in slots:
        events(RunStarted(slot=slot, estimate=context.case(slot.case).estimate))
    runs = execute_slots(context, slots)
    for slot, run in zip(slots, runs, strict=True):
        on_run(run)
        events(RunFinished(slot=slot, run=run))
    return runs


def _open(slots: Sequence[Slot], runs: Sequence[Run]) -> list[Slot]:
    done = {(run.case, run.side, run.round) for run in runs}
    return [slot for slot in slots if (slot.case, slot.side, slot.round) not in done]


def _at_once(slots: Sequence[Slot]) -> Iterator[Sequence[Slot]]:
    """The slots as they are done: those of a mixed pair together, all others one by one."""
    for (_, _, design), alike in groupby(slots, lambda slot: (slot.case, slot.round, slot.design)):
        if design is Design.MIXED:
            yield sorted(alike, key=lambda slot: slot.order)
        else:
            yield from ([slot] for slot in alike)


def _give_up_on_hopeless(runs: Sequence[Run]) -> None:
    _give_up_on_what_fails_alike(runs)
    for side in Side:
        last = [run for run in runs if run.side is side][-_HOPELESS:]
        whys = [reason for run in last for reason in run.invalid if reason.code == NOT_READY]
        if len(whys) == _HOPELESS:
            raise NeverReady(
                f"{side} did not get ready {_HOPELESS} times in a row",
                why=whys[-1],
                next_step="start it by hand with the command of the component file",
            )


def _give_up_on_what_fails_alike(runs: Sequence[Run]) -> None:
    why = hopeless(runs)
    if why is not None:
        raise FailsAlike(
            f"both sides fail in the same way from the first round on, in {runs[-1].case}",
            why=why,
            next_step="mend the scenario or the component file: another round would fail alike",
        )


@contextmanager
def _upstream(
    inputs: SessionInputs, place: Path, cluster: Cluster
) -> Iterator[RunningUpstream | None]:
    """A web server for the session, with as many ports and bodies as any case asks for, if any."""
    workloads = [msgspec.convert(case.workload, formats.Workload) for case in inputs.plan.cases]
    pushed = inputs.component.push is not None  # routes lead to a backend, named or not
    asked = [each.upstream for each in workloads if pushed or each.needs_upstream()]
    if not asked:
        yield None
        return
    place.mkdir(parents=True, exist_ok=True)
    with upstream(
        servers=int(max(each.servers for each in asked)),
        bodies=sorted({size for each in asked for size in each.bodies}),
        workdir=place,
        nginx=find("nginx", inputs.tools),
        host=cluster.endpoint_host if isinstance(cluster, RealEndpoints) else HOST,
        grpc=any(each.calls for each in workloads),
    ) as server:
        yield server
