"""Bisections in every state, of which reports are made."""

from __future__ import annotations

from dataclasses import replace

from loadstone.model import Commit, Interval, Note
from loadstone.model.bisect import (
    BisectAnswer,
    BisectCost,
    BisectRecord,
    BisectStep,
    CommitVerdict,
)
from tests.report import samples

COMMITS = [Commit(hash=f"{n:02x}" * 20, subject=f"commit {n}") for n in range(1, 13)]
NAMES = ("commit", "range", "not-slower", "undecided", "nothing", "budget")


def foretold() -> BisectRecord:
    """A search before its first pair."""
    record = samples.regression()
    case = record.plan.cases[0]
    return BisectRecord(
        plan=replace(record.plan, cases=[case]),
        metric=case.metrics[0],
        environment=record.environment,
        commits=COMMITS,
        cost=BisectCost(
            commits=12, fewest=4, most=7, fewest_pairs=16, most_pairs=210, pair=24.0, builds=8
        ),
        alpha=0.05,
    )


def get(name: str) -> BisectRecord:
    """The bisection of that name."""
    steps = [_step(12, 0.21), _step(6, 0.003), _step(9, 0.2), _broken(8), _step(7, 0.0)]
    found = replace(foretold(), steps=steps, cut=0.1, seconds=16 * 24.0)
    match name:
        case "commit":
            steps = [*steps[:3], _step(7, 0.0), _step(8, 0.19)]
            return replace(found, steps=steps, answer=BisectAnswer.COMMIT, suspects=COMMITS[7:8])
        case "range":
            return replace(found, answer=BisectAnswer.RANGE, suspects=COMMITS[7:9])
        case "budget":
            return replace(
                found,
                steps=steps[:1],
                answer=BisectAnswer.RANGE,
                suspects=COMMITS * 2,
                budget_spent=True,
            )
        case "nothing":
            return replace(found, steps=[_broken(12)], answer=BisectAnswer.NOTHING, cut=None)
        case _:
            steps = [_step(12, 0.01)]
            return replace(found, steps=steps, answer=BisectAnswer(name), cut=None)


def _step(number: int, change: float) -> BisectStep:
    wide = Interval(estimate=change, low=change - 0.04, high=change + 0.04, level=0.993)
    verdict = CommitVerdict.SLOWER if change > 0.1 else CommitVerdict.NOT_SLOWER
    return BisectStep(
        commit=COMMITS[number - 1], verdict=verdict, pairs=4, change=wide, seconds=96.0
    )


def _broken(number: int) -> BisectStep:
    why = Note.of("build-failed", said="building it failed: \x1b[31merror\u202e @everyone")
    return BisectStep(commit=COMMITS[number - 1], verdict=CommitVerdict.SKIPPED, why=why)
