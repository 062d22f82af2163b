"""A bisection from the request to its answer: the flow of `loadstone bisect`.

    range of commits ─► commit ─► build ─► pairs against the good end ─► verdict ─► next commit

Each commit that is tried is a session of its own in `steps/`, with `session.json` and
`rounds.jsonl`; `search.json` is what was decided before the first pair, `bisect.json` the answer.
All of it follows from the runs, so that an interrupted bisection goes on where it stopped.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loadstone.errors import ComponentFailed, MeasurementFailed
from loadstone.flows import bisect_files
from loadstone.flows.bisect_answers import answered, step
from loadstone.flows.prepare import now
from loadstone.flows.prepare_bisect import BisectJob, BisectRequest, prepare
from loadstone.flows.revision_programs import say, sourced, worded_builds
from loadstone.flows.schedules.commit_pairs import CommitPairs
from loadstone.flows.session import opened_log, session
from loadstone.flows.settings import cache_directory
from loadstone.measure.session import Measure, measure
from loadstone.model import Note, Revision, Run, Side
from loadstone.model.bisect import BisectRecord, BisectStep
from loadstone.model.events import Progress, SessionPlanned, Watch, progress, silent
from loadstone.model.plan import PODS
from loadstone.model.reasons import NOT_READY
from loadstone.report.bisect import progress_lines
from loadstone.stats.bisect.commit_search import SearchState, TriedCommit, state
from loadstone.store.rounds import RoundLog
from loadstone.system.lock import claimed


@dataclass(frozen=True, kw_only=True)
class CommitRuns:
    """A commit that was tried, with its runs and why it was passed over."""

    commit: TriedCommit
    runs: Sequence[Run] = ()
    why: Note | None = None


def run(
    wanted: BisectRequest, *, watch: Watch = silent, measuring: Measure = measure
) -> BisectRecord:
    """Search the first commit that is surely slower, and write every file of the directory.

    Raises the family of `LoadstoneError`: `MeasurementFailed` where the good end cannot be built or
    measured, `UsageError` where another search or machine began what is there, `Interrupted`.
    """
    request = wanted.request
    found = prepare(wanted, watch=watch)
    with claimed(request.out):
        record = bisect_files.begun(found, request.out, resume=request.resume)
        search = _Bisect(
            wanted=wanted, found=found, record=record, watch=watch, measuring=measuring
        )
        record = search.to_the_end()
        bisect_files.save(record, request.out)
    return record


def foretold(wanted: BisectRequest) -> BisectRecord:
    """The record of a search before it starts: the range, and what it will cost."""
    return bisect_files.empty(prepare(wanted))


class _Bisect:
    """A search under way: what was tried, and what comes next."""

    def __init__(
        self,
        *,
        wanted: BisectRequest,
        found: BisectJob,
        record: BisectRecord,
        watch: Watch,
        measuring: Measure,
    ) -> None:
        self._request, self._found, self._record = wanted.request, found, record
        self._watch, self._measuring = watch, measuring
        self._tried: list[CommitRuns] = []
        self._good: Revision | None = None

    def to_the_end(self) -> BisectRecord:
        """Try commits until there is an answer, or no budget for another one."""
        while (at := self._state()).next is not None:
            if not self._affordable():
                return self._answered(at, budget_spent=True)
            self._watch(Progress(text=progress_lines.trying(self._found.commits, at)))
            self._tried.append(self._try(at.next, at))
            said = self._state().said[-1]
            pairs = said.found.pairs if said.found else 0
            commit = self._found.commits[said.place - 1]
            self._watch(Progress(text=progress_lines.said(commit, said.verdict, pairs)))
        return self._answered(at, budget_spent=False)

    def _state(self) -> SearchState:
        return state(self._found.terms, [each.commit for each in self._tried])

    def _affordable(self) -> bool:
        """Whether the budget has the pairs of another commit's first look."""
        budget = self._found.job.plan.policy.budget
        if budget is None:
            return True
        spent = sum(run.seconds for each in self._tried for run in each.runs)
        return spent + self._found.terms.looks[0] * self._found.cost.pair <= budget

    def _try(self, place: int, at: SearchState) -> CommitRuns:
        """Build and measure a commit; one that cannot be is passed over, unless it is the good."""
        folder = bisect_files.folder(self._request.out, len(self._tried) + 1, self._commit(place))
        good = self._good = self._good or self._built("good", self._found.job.plan.base.commit)
        known = bisect_files.passed(folder)
        if known is not None:
            return CommitRuns(commit=TriedCommit(place=place, skipped=True), why=known)
        try:
            bad = self._built(self._commit(place)[:12], self._commit(place))
        except MeasurementFailed as error:
            why = Note.of("build-failed", said=error.message.splitlines()[0])
            bisect_files.pass_over(folder, why)
            return CommitRuns(commit=TriedCommit(place=place, skipped=True), why=why)
        return self._measured(place, at, folder, good, bad)

    def _measured(
        self, place: int, at: SearchState, folder: Path, good: Revision, bad: Revision
    ) -> CommitRuns:
        base, head = replace(good, side=Side.BASE), replace(bad, side=Side.HEAD)
        plan = replace(self._found.job.plan, base=base, head=head, commits=None)
        schedule = CommitPairs(
            plan,
            self._found.metric,
            self._found.terms,
            place=place,
            others=[each.commit.sample for each in self._tried],
            cut=at.cut,
        )
        self._watch(SessionPlanned(plan=plan))
        there = bisect_files.measured(folder)
        log = opened_log(folder, plan, resume=there, watch=self._watch)
        if there and not schedule(log.read()):  # decided before: no cluster is needed
            self._record = replace(self._record, environment=bisect_files.environment(folder))
            return _kept(schedule, log.read())
        try:
            with session(
                replace(self._found.job, plan=plan),
                log,
                config=self._request.config,
                go_on="the same command with --resume goes on from there",
                watch=self._watch,
                measuring=self._measuring,
            ) as begun:
                self._same_machine(begun.environment.key)
                self._record = replace(self._record, environment=begun.environment)
                record = begun.measure(begun.record(), schedule, profile_problem=_no_profiles)
        except ComponentFailed as error:
            if not _is_of(log, Side.HEAD):
                raise
            why = Note.of("never-ready", said=error.message.splitlines()[0])
            bisect_files.pass_over(folder, why)
            skipped = TriedCommit(place=place, skipped=True)
            return CommitRuns(commit=skipped, runs=log.read(), why=why)
        return _kept(schedule, record.runs)

    def _same_machine(self, key: str) -> None:
        bisect_files.require_machine(self._request.out, key)

    def _built(self, name: str, commit: str) -> Revision:
        from loadstone.component.revisions.resolve import find, make

        component = self._found.job.component
        cache, tell = cache_directory(self._request.config), progress(self._watch)
        pods = self._request.place == PODS
        found = find(
            sourced(component, self._request.place),
            f"build:{commit}",
            Side.HEAD,
            cache=cache,
            image_ok=pods,
            progress=tell,
        )
        with worded_builds():
            made = make(component, found, cache=cache, progress=tell)
        say(made.notes, tell)
        return replace(made, asked=f"build:{commit}", label=name if name != "good" else made.label)

    def _commit(self, place: int) -> str:
        return self._found.commits[place - 1].hash

    def _answered(self, at: SearchState, *, budget_spent: bool) -> BisectRecord:
        steps: list[BisectStep] = [
            step(self._found, said, each.runs, each.why)
            for said, each in zip(at.said, self._tried, strict=True)
        ]
        record = replace(self._record, steps=steps, finished=now(), budget_spent=budget_spent)
        return answered(record, at, self._found)


def _kept(schedule: CommitPairs, runs: Sequence[Run]) -> CommitRuns:
    """The commit of a schedule that has ended, and why where it was given up."""
    given_up = Note.of("no-pairs") if schedule.tried.skipped else None
    return CommitRuns(commit=schedule.tried, runs=runs, why=given_up)


def _is_of(log: RoundLog, side: Side) -> bool:
    """Whether the last run of a side is one in which it never got ready."""
    last = [run for run in log.read() if run.side is side][-1:]
    return any(reason.code == NOT_READY for run in last for reason in run.invalid)


def _no_profiles(_content: bytes) -> str | None:
    """They are kept beside the runs, and nothing is said of them here."""
    return None
