"""The measuring loop of a session: it asks for the runs that are due, until none is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from itertools import groupby
from pathlib import Path
from typing import Protocol

import msgspec

from loadstone import formats
from loadstone.measure.api_client import HttpApiClient
from loadstone.measure.cluster_needs import require
from loadstone.measure.context import RunContext, SessionInputs
from loadstone.measure.hopeless import give_up_on_hopeless
from loadstone.measure.host.conditions import conditions
from loadstone.measure.object_client import ObjectClient
from loadstone.measure.run import execute_slots
from loadstone.measure.upstream import HOST, RunningUpstream, upstream
from loadstone.measure.world import World
from loadstone.model import Design, Run, Slot
from loadstone.model.events import RunFinished, RunStarted, SessionStarted, Watch, silent
from loadstone.protocols import (
    Cluster,
    RealEndpoints,
    SharedCluster,
)
from loadstone.system.tools import find

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
    require(inputs.clusters, inputs.plan)
    runs = list(done)
    with _context(inputs, events) as context:
        by = f"{inputs.generator.name} {inputs.generator.version()}"
        server = context.worlds[0].upstream
        version = server.version if server else ""
        events(SessionStarted(generator=by, upstream=version, done=len(runs)))
        while slots := _open(next_slots(runs), runs):
            for pair in _at_once(slots):
                runs += _run(context, pair, on_run, events)
                give_up_on_hopeless(runs)
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
