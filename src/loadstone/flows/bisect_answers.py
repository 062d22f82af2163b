"""The answer of a bisection as its record tells it: relative changes, commits, suspects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loadstone.flows.prepare_bisect import BisectJob
from loadstone.model import Commit, Direction, Interval, Note, Run
from loadstone.model.bisect import BisectAnswer, BisectRecord, BisectStep
from loadstone.stats.bisect.commit_search import Said, SearchState
from loadstone.stats.bisect.pairs import as_change

_WIDEST = 1.9  # of a relative difference, which ends at 2; its change is 39-fold


def step(found: BisectJob, said: Said, runs: Sequence[Run], why: Note | None) -> BisectStep:
    """A step of the record: the commit, its verdict, its change."""
    return BisectStep(
        commit=found.commits[said.place - 1],
        verdict=said.verdict,
        pairs=said.found.pairs if said.found else 0,
        change=_change(found, said),
        seconds=sum(run.seconds for run in runs),
        why=why,
    )


def answered(record: BisectRecord, at: SearchState, found: BisectJob) -> BisectRecord:
    """The record with its answer; one that was broken off by its budget has a range."""
    answer = at.answer
    if answer is None:
        answer = BisectAnswer.UNDECIDED if at.cut is None else BisectAnswer.RANGE
    named = answer in (BisectAnswer.COMMIT, BisectAnswer.RANGE)
    suspects: Sequence[Commit] = found.commits[at.low : at.high] if named else ()
    return replace(
        record,
        answer=answer,
        suspects=suspects,
        cut=None if at.cut is None else _signed(found, at.cut),
        seconds=sum(each.seconds for each in record.steps),
    )


def _change(found: BisectJob, said: Said) -> Interval | None:
    """The change of the metric with its interval, at the level of one commit."""
    one = said.found
    if one is None:
        return None
    ends = sorted(_signed(found, end) for end in (one.low, one.high))
    return Interval(
        estimate=_signed(found, one.estimate),
        low=ends[0],
        high=ends[1],
        level=1 - found.terms.each,
    )


def _signed(found: BisectJob, worse: float) -> float:
    """The relative change of the metric of a difference that is positive where it is worse."""
    sign = -1.0 if found.metric.direction is Direction.HIGHER else 1.0
    return as_change(max(-_WIDEST, min(_WIDEST, sign * worse)))
