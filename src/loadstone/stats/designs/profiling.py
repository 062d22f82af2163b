"""Profiled rounds beside those without: whether taking profiles moved the metrics themselves.

Where a scenario has profiles taken in every other round, each two rounds are one with and one
without, in turn the one first and the other. Of both, a metric's value is the mean of base and
head, which the machine drifted with alike; with against without is then judged as head against
base is, by the same procedure, and held together to the same level. Counts are left out: the mean
of two is none.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace

from loadstone.model import CasePlan, Comparison, Judgement, Measurement, Note, Run, Side
from loadstone.model.profile_kinds import ALTERNATE, in_round
from loadstone.stats.common.samples import measurements
from loadstone.stats.comparison.judge import judge

PAIR = 2  # rounds


def profiling(judgement: Judgement, plans: Sequence[CasePlan], runs: Sequence[Run]) -> Judgement:
    """Judgement with what taking profiles did to each metric, and a warning of each that moved.

    The verdict is never touched: both sides of a round are profiled, or neither is.
    """
    asked = [
        replace(plan, metrics=[metric for metric in plan.metrics if not metric.counted])
        for plan in plans
        if plan.workload.get("profiled") == ALTERNATE
    ]
    turns = {plan.case.name: plan.turn for plan in asked}
    measured = list(_with_and_without(measurements(runs, asked), turns))
    pairs = {each.round for each in measured}
    if not pairs:
        return judgement
    policy = replace(judgement.policy, looks=(len(pairs),), budget=None)
    rows = [row for row in judge(measured, asked, policy).comparisons if row.n]
    moved = [_moved(row) for row in rows if row.beyond_noise]
    return replace(judgement, profiling=rows, warnings=[*judgement.warnings, *moved])


def _with_and_without(
    measured: Sequence[Measurement], turns: Mapping[str, Callable[[int], int]]
) -> Iterator[Measurement]:
    """The mean of both sides in each pair of rounds: head is with profiles, base without."""
    found: dict[tuple[str, str, int, bool], dict[Side, float]] = defaultdict(dict)
    for one in measured:
        turn = turns[one.case](one.round)
        pair = (turn - 1) // PAIR + 1
        found[one.case, one.metric, pair, in_round(ALTERNATE, turn)][one.side] = one.value
    for (case, metric, pair, profiled), values in found.items():
        if len(values) == len(Side):
            side = Side.HEAD if profiled else Side.BASE
            mean = sum(values.values()) / len(values)
            yield Measurement(case=case, metric=metric, side=side, round=pair, value=mean)


def _moved(row: Comparison) -> Note:
    change = row.change
    return Note.of(
        "profiling-moved",
        case=row.case,
        metric=row.metric.title or row.metric.name,
        change=change.estimate if change else 0.0,
        low=change.low if change else 0.0,
        high=change.high if change else 0.0,
    )
