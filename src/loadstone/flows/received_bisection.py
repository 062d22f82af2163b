"""A bisection that a job has left which nobody trusts: its search, replayed from its runs.

    commits that we know ─► the next to try ─► its runs, admitted ─► verdict ─► the next …

Which commits there are, in which order they are tried and when one is decided is worked out here;
of the artifact come the runs of each. What was passed over is believed: it only makes the answer
wider.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import msgspec

from loadstone.flows import bisect_files
from loadstone.flows.artifact import admission
from loadstone.flows.bisect_answers import answered, step
from loadstone.flows.prepare_bisect import BisectJob
from loadstone.flows.schedules.commit_pairs import LOST, CommitPairs
from loadstone.model import Design, Note, Plan, Run
from loadstone.model.bisect import BisectRecord
from loadstone.report.common.plain import plain
from loadstone.stats.bisect.commit_search import SearchState, TriedCommit, state
from loadstone.store.untrusted.claims import ClaimedNote
from loadstone.store.untrusted.entry_names import PASSED_OVER
from loadstone.store.untrusted.opened_artifact import opened

_REASONS = ("build-failed", "never-ready")  # with the words of a program
_UNKNOWN = "no-pairs"
_LONGEST = 200  # characters of these words


def received(path: Path, found: BisectJob, *, under: str) -> tuple[BisectRecord, bool]:
    """The record of a bisection, and whether it went on to its end.

    `under`: the folder of the artifact that holds it, with its slash. Raises nothing for whatever
    the artifact holds.
    """
    replay = _Replay(path, found, under)
    at = replay.to_the_end()
    steps = [
        step(found, said, runs, why)
        for said, (_, runs, why) in zip(at.said, replay.tried, strict=True)
    ]
    whole = at.answer is not None
    record = answered(replace(bisect_files.empty(found), steps=steps), at, found)
    return replace(record, budget_spent=not whole), whole


class _Replay:
    """The search, made again from what is there."""

    def __init__(self, path: Path, found: BisectJob, under: str) -> None:
        self._path, self._found, self._under = path, found, under
        self.tried: list[tuple[TriedCommit, list[Run], Note | None]] = []

    def to_the_end(self) -> SearchState:
        """Until there is an answer, or nothing of the commit that comes next."""
        while (at := self._state()).next is not None:
            made = self._try(at.next, at)
            if made is None:
                return at
            self.tried.append(made)
            if self._state().next == at.next:  # it was broken off while it was measured
                return self._state()
        return at

    def _state(self) -> SearchState:
        return state(self._found.terms, [tried for tried, _, _ in self.tried])

    def _try(
        self, place: int, at: SearchState
    ) -> tuple[TriedCommit, list[Run], Note | None] | None:
        commit = self._found.commits[place - 1].hash
        name = bisect_files.folder(Path(), len(self.tried) + 1, commit).as_posix()
        under = f"{self._under}{name}/"
        skipped = TriedCommit(place=place, skipped=True)
        why = _passed_over(self._path, under)
        if why is not None:
            return skipped, [], why
        plan = self._plan(commit)
        most = 2 * self._found.terms.looks[-1] + LOST
        got = admission(self._path, plan, under=under, rounds=most).record
        if got is None:
            return None
        schedule = CommitPairs(
            plan,
            self._found.metric,
            self._found.terms,
            place=place,
            others=[tried.sample for tried, _, _ in self.tried],
            cut=at.cut,
        )
        schedule(got.runs)
        lost = Note.of(_UNKNOWN) if schedule.tried.skipped else None
        return schedule.tried, list(got.runs), lost

    def _plan(self, commit: str) -> Plan:
        """The plan of a step: this commit against the good end, one after the other."""
        plan = self._found.job.plan
        cases = [replace(each, design=Design.SOLO) for each in plan.cases]
        return replace(plan, head=replace(plan.head, commit=commit), cases=cases, commits=None)


def _passed_over(path: Path, under: str) -> Note | None:
    """Why a commit was passed over, as the artifact says; None where it was not."""
    data = opened(path, under=under).files.get(PASSED_OVER)
    if data is None:
        return None
    try:
        said = msgspec.json.decode(data, type=ClaimedNote)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError, ValueError, OverflowError):
        return Note.of(_UNKNOWN)
    words = said.data.get("said")
    if said.code not in _REASONS or not isinstance(words, str):
        return Note.of(_UNKNOWN)
    return Note.of(said.code, said=plain(words, most=_LONGEST))
