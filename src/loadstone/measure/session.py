"""The measuring loop of a session: it asks for the runs that are due, until none is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from typing import Protocol

import msgspec

from loadstone import formats
from loadstone.errors import ComponentFailed, UsageError
from loadstone.measure.api_client import HttpApiClient, ObjectClient
from loadstone.measure.context import RunContext, SessionInputs
from loadstone.measure.host.conditions import conditions
from loadstone.measure.run import NOT_READY, execute_slot
from loadstone.measure.upstream import RunningUpstream, upstream
from loadstone.model import Note, Plan, Run, Side, Slot
from loadstone.model.events import RunFinished, RunStarted, SessionStarted, Watch, silent
from loadstone.protocols import Cluster, Dialable, Resettable
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
    never becomes ready three times in a row raises `NeverReady`. Whatever is raised, an
    interrupt too, everything that was started has been ended.
    """
    _require(inputs.cluster, inputs.plan)
    runs = list(done)
    with _context(inputs) as context:
        by = f"{inputs.generator.name} {inputs.generator.version()}"
        events(SessionStarted(generator=by, upstream=context.upstream.version, done=len(runs)))
        while slots := _open(next_slots(runs), runs):
            for slot in slots:
                runs.append(_one(context, slot, on_run, events))
                _give_up_on_hopeless(runs)
    return runs


@contextmanager
def _context(inputs: SessionInputs) -> Iterator[RunContext]:
    with _upstream(inputs) as server, closing(HttpApiClient(inputs.cluster.api)) as api:
        yield RunContext(
            inputs=inputs,
            objects=ObjectClient(api),
            upstream=server,
            first=conditions(inputs.read),
        )


def _require(cluster: Cluster, plan: Plan) -> None:
    """Raise `UsageError` for a cluster that cannot do what every run of this plan needs."""
    if not isinstance(cluster, Resettable):
        raise UsageError(
            f"the provider `{cluster.provider}` cannot be emptied between two runs",
            next_step="choose another --provider",
        )
    dialled = [case.case.name for case in plan.cases if case.workload.get("dials")]
    if dialled and not isinstance(cluster, Dialable):
        raise UsageError(
            f"{dialled[0]} asks for faults, and the provider `{cluster.provider}` has none to dial",
            next_step="choose another --provider, or leave the case out with --case",
        )


def _one(
    context: RunContext,
    slot: Slot,
    on_run: Callable[[Run], None],
    events: Watch,
) -> Run:
    events(RunStarted(slot=slot, estimate=context.case(slot.case).estimate))
    run = execute_slot(context, slot)
    on_run(run)
    events(RunFinished(slot=slot, run=run))
    return run


def _open(slots: Sequence[Slot], runs: Sequence[Run]) -> list[Slot]:
    done = {(run.case, run.side, run.round) for run in runs}
    return [slot for slot in slots if (slot.case, slot.side, slot.round) not in done]


def _give_up_on_hopeless(runs: Sequence[Run]) -> None:
    for side in Side:
        last = [run for run in runs if run.side is side][-_HOPELESS:]
        whys = [reason for run in last for reason in run.invalid if reason.code == NOT_READY]
        if len(whys) == _HOPELESS:
            raise NeverReady(
                f"{side} did not get ready {_HOPELESS} times in a row",
                why=whys[-1],
                next_step="start it by hand with the command of the component file",
            )


@contextmanager
def _upstream(inputs: SessionInputs) -> Iterator[RunningUpstream]:
    """One web server for the session, with as many ports and bodies as any case asks for."""
    cases = inputs.plan.cases
    asked = [msgspec.convert(case.workload, formats.Workload).upstream for case in cases]
    place = inputs.workdir / "upstream"
    place.mkdir(parents=True, exist_ok=True)
    with upstream(
        servers=max(each.servers for each in asked),
        bodies=sorted({size for each in asked for size in each.bodies}),
        workdir=place,
        nginx=find("nginx", inputs.tools),
    ) as server:
        yield server
