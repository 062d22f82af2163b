"""One revision on two providers, by turns: which metrics agree, and within what.

    files ─► plan ─► a cluster of each ─► rounds ─► intervals ─► report

Both clusters are up all the time, and a run has one of them, so that whatever the idle one costs
is the same for both. The output directory holds `session.json` and `rounds.jsonl` as that of a
comparison does, base being the first provider, and at the end `similar.json` and `similar.md`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loadstone.cluster.provider import provider
from loadstone.errors import UsageError
from loadstone.flows import output_directory
from loadstone.flows.cluster_programs import provider_options
from loadstone.flows.prepare import prepare
from loadstone.flows.prepared_job import Job
from loadstone.flows.request import Request
from loadstone.flows.session import opened_log, session
from loadstone.measure.session import Measure, measure
from loadstone.model import Design, Plan, Record, Run, Side, Slot
from loadstone.model.events import SessionPlanned, Watch, silent
from loadstone.model.plan import PODS
from loadstone.model.similar import Similarity
from loadstone.plan.schedule import slots
from loadstone.profiles.reading import problem
from loadstone.stats.similar import similar
from loadstone.system import signals
from loadstone.system.lock import claimed

GO_ON = "the same command begins anew"
LANES = {Side.BASE: 0, Side.HEAD: 1}  # which cluster is whose


@dataclass(frozen=True, kw_only=True)
class SimilarRequest:
    """A scenario on two providers: `request` has the revision on both sides."""

    request: Request
    providers: tuple[str, str]
    rounds: int


def run(
    wanted: SimilarRequest, *, watch: Watch = silent, measuring: Measure = measure
) -> Similarity:
    """Measure on both, and write every file of the output directory.

    Whatever happens, everything that was started is ended and the runs so far stay in
    `rounds.jsonl`. Raises the family of `LoadstoneError`, `Interrupted` among them.
    """
    request = wanted.request
    if wanted.providers[0] == wanted.providers[1]:
        raise UsageError(
            "the two providers are the same one",
            next_step="`loadstone audit --run` says how a provider compares with itself",
        )
    if request.place == PODS:
        raise UsageError(
            "two providers are held against each other by programs on this machine, not by pods",
            next_step="say --place processes",
        )
    job = _planned(wanted, prepare(request, watch=watch))
    watch(SessionPlanned(plan=job.plan, notes=job.notes))
    with claimed(request.out):
        log = opened_log(request.out, job.plan, resume=False, watch=watch)
        with session(
            job,
            log,
            config=request.config,
            go_on=GO_ON,
            watch=watch,
            measuring=measuring,
            providers=wanted.providers,
        ) as begun:
            schedule = Turns(job.plan, wanted.rounds)
            record = begun.measure(begun.record(), schedule, profile_problem=problem)
        found = of(record, wanted)
        output_directory.write_similar(found, log.path.parent)
    return found


class Turns:
    """A schedule of so many rounds, each side on the cluster that is its own."""

    def __init__(self, plan: Plan, rounds: int) -> None:
        self._plan = plan
        self._rounds = rounds

    def __call__(self, runs: Sequence[Run]) -> Sequence[Slot]:
        signals.check()
        names = [each.case.name for each in self._plan.cases]
        for number in range(1, self._rounds + 1):
            before = sum(run.round < number for run in runs)
            due = slots(names, round=number, seed=self._plan.seed, first_order=before)
            done = {(run.case, run.side) for run in runs if run.round == number}
            left = [slot for slot in due if (slot.case, slot.side) not in done]
            if left:
                return [replace(slot, lane=LANES[slot.side]) for slot in left]
        return ()


def of(record: Record, wanted: SimilarRequest) -> Similarity:
    """The similarity of two providers, from the runs of a record."""
    options = provider_options(wanted.request.config)
    first, second = (provider(name, options=options).identity() for name in wanted.providers)
    failed = [sum(run.side is side and not run.valid for run in record.runs) for side in Side]
    return Similarity(
        plan=record.plan,
        environment=record.environment,
        providers=wanted.providers,
        versions=(first, second),
        rounds=wanted.rounds,
        rows=similar(record.runs, record.plan.cases),
        failed=(failed[0], failed[1]),
        started=record.started,
        finished=record.finished,
    )


def _planned(wanted: SimilarRequest, job: Job) -> Job:
    """The job with every case solo: one run at a time, on one of the two."""
    cases = [replace(case, design=Design.SOLO) for case in job.plan.cases]
    named = " and ".join(wanted.providers)
    policy = replace(job.plan.policy, looks=(wanted.rounds,))
    return replace(job, plan=replace(job.plan, cases=cases, provider=named, policy=policy))
