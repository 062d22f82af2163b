"""The measuring loop of a session: runs what is due, until nothing is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

import msgspec

from loadstone import formats
from loadstone.errors import ComponentFailed, UsageError
from loadstone.measure.api_client import HttpApiClient, ObjectClient
from loadstone.measure.host.conditions import conditions
from loadstone.measure.host.environment import read_file
from loadstone.measure.host.machine import Reader
from loadstone.measure.load.generator import Generator
from loadstone.measure.load.headroom import Headroom, headroom
from loadstone.measure.load.table import generator as generator_called
from loadstone.measure.run import NOT_READY, Session, execute_slot
from loadstone.measure.upstream import RunningUpstream, upstream
from loadstone.measure.validity import ProfileProblem
from loadstone.model import Note, Plan, Run, Side, Slot
from loadstone.model.events import Event, RunFinished, RunStarted, SessionStarted
from loadstone.protocols import Cluster, Dialable, Resettable, StartComponent
from loadstone.system.tools import find

_HOPELESS = 3  # runs in a row in which a side never became ready

NextSlots = Callable[[Sequence[Run]], Sequence[Slot]]


class NeverReady(ComponentFailed):
    """A side that did not get ready several times in a row; `why`: the reason of the last time."""

    def __init__(self, message: str, *, why: Note, next_step: str) -> None:
        super().__init__(message, next_step=next_step)
        self.why = why


def measure(
    plan: Plan,
    component: formats.Component,
    cluster: Cluster,
    *,
    start: StartComponent,
    generator: str | Generator,
    next_slots: NextSlots,
    on_run: Callable[[Run], None],
    out: Path,
    workdir: Path,
    profile_problem: ProfileProblem,
    events: Callable[[Event], None] = lambda _: None,
    tools: Mapping[str, Path] | None = None,
    done: Sequence[Run] = (),
    read: Reader = read_file,
    try_out: Callable[..., Headroom] = headroom,
) -> list[Run]:
    """Run what `next_slots` asks for until it asks for nothing; return all runs, `done` first.

    `next_slots` is called with the runs so far; slots that are already done are passed over. Every
    run goes to `on_run` as it ends. A run that cannot be trusted is kept as invalid; a side that
    never becomes ready three times in a row raises `NeverReady`. Whatever is raised, an
    interrupt too, everything that was started has been ended. `read` tells of the machine,
    `try_out` of the headroom of a load before its first run.
    """
    _require(cluster, plan)
    runs = list(done)
    sender = generator_called(generator, tools) if isinstance(generator, str) else generator
    with _upstream(plan, workdir, tools) as server, closing(HttpApiClient(cluster.api)) as api:
        session = Session(
            plan=plan,
            component=component,
            start=start,
            cluster=cluster,
            generator=sender,
            objects=ObjectClient(api),
            upstream=server,
            profile_problem=profile_problem,
            out=out,
            workdir=workdir,
            read=read,
            first=conditions(read),
            try_out=try_out,
        )
        by = f"{sender.name} {sender.version()}"
        events(SessionStarted(generator=by, upstream=server.version, done=len(runs)))
        while slots := _open(next_slots(runs), runs):
            for slot in slots:
                runs.append(_one(session, slot, on_run, events))
                _give_up_on_hopeless(runs)
    return runs


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
    session: Session,
    slot: Slot,
    on_run: Callable[[Run], None],
    events: Callable[[Event], None],
) -> Run:
    events(RunStarted(slot=slot, estimate=session.case(slot.case).estimate))
    run = execute_slot(session, slot)
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
def _upstream(
    plan: Plan, workdir: Path, tools: Mapping[str, Path] | None
) -> Iterator[RunningUpstream]:
    """One web server for the session, with as many ports and bodies as any case asks for."""
    asked = [msgspec.convert(case.workload, formats.Workload).upstream for case in plan.cases]
    place = workdir / "upstream"
    place.mkdir(parents=True, exist_ok=True)
    with upstream(
        servers=max(each.servers for each in asked),
        bodies=sorted({size for each in asked for size in each.bodies}),
        workdir=place,
        nginx=find("nginx", tools),
    ) as server:
        yield server
