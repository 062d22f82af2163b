"""Levels of mixed cases: what a side does alone, beside what it does in pairs.

A mixed pair says what differs between the sides, at half of the rate and with the other side's
work on the same cores. What the program does alone, its solo rounds say. Where the two disagree
beyond noise, the pairs are coupled: the difference they show may not be the one that is had alone.

The machine drifts, and solo rounds are few. So each solo round is held against the mixed rounds
before and after it, and how far that may be off is read from the mixed rounds themselves, each held
against its own neighbours in the same way. Student's t; the rounds are the unit.
"""

from __future__ import annotations

from bisect import bisect
from collections.abc import Mapping, Sequence
from math import exp, expm1, log, sqrt

import numpy as np
from scipy.special import stdtrit

from loadstone.model import CasePlan, Design, DesignLevel, Estimate, Interval, Metric, Run, Side
from loadstone.model.reasons import Part, part
from loadstone.stats.common.samples import LARGEST

LEAST = 0.05  # levels that are closer than this are as good as equal: a choice, levels are context
ERROR = 0.05  # chance that a report without coupling warns of any
_FEWEST = 4  # mixed rounds that can say how far neighbours are apart

_TOTALS = (Part.CPU, Part.WORK, Part.ANSWERS, Part.RATE)

Levels = Mapping[int, float]  # round → log of the value


def levels(runs: Sequence[Run], plans: Sequence[CasePlan]) -> list[DesignLevel]:
    """The levels of every mixed case, side and metric that has a unit and solo rounds."""
    asked = [
        (plan.case.name, metric, side)
        for plan in plans
        if plan.design is Design.MIXED
        for metric in plan.metrics
        if metric.unit != "1" and not metric.counted and _same_at_half(plan, metric)
        for side in Side
    ]
    by_name = {(plan.case.name, metric.name): metric for plan in plans for metric in plan.metrics}
    known: dict[tuple[str, str, Side], tuple[dict[int, float], dict[int, float]]] = {}
    for run in (run for run in runs if run.valid):
        for name, value in run.values.items():
            if (run.case, name) in by_name and 1 / LARGEST < value <= LARGEST:
                both = known.setdefault((run.case, name, run.side), ({}, {}))
                both[run.design is Design.MIXED][run.round] = log(value)
    found = []
    tests = max(len(asked), 1)
    for case, metric, side in asked:
        solo, mixed = known.get((case, metric.name, side), ({}, {}))
        if solo:
            found.append(_level(case, metric, side, solo, mixed, tests))
    return found


def _same_at_half(plan: CasePlan, metric: Metric) -> bool:
    """Whether a metric is the same at half of the rate, where there is one.

    What is asked of a side, and totals of what it did for that, are half by design.
    """
    source = plan.sources.get(metric.name)
    if source is None or source.per or part(source.quantity) not in _TOTALS:
        return True
    return not any(step.get("do") == "load" for step in plan.workload.get("measured", ()))


def _level(
    case: str, metric: Metric, side: Side, solo: Levels, mixed: Levels, tests: int
) -> DesignLevel:
    ratio, sure = _ratio(solo, mixed, tests)
    return DesignLevel(
        case=case,
        metric=metric,
        side=side,
        solo=_mean(solo, _scatter(solo, mixed)),
        mixed=_mean(mixed, _scatter(solo, mixed)),
        ratio=ratio,
        coupled=sure and ratio is not None and abs(ratio.estimate) >= LEAST,
    )


def _scatter(solo: Levels, mixed: Levels) -> tuple[float, int]:
    """Standard deviation of a round's log within its design, and its degrees of freedom."""
    groups = [np.array(list(each.values())) for each in (solo, mixed) if each]
    freedom = sum(each.size - 1 for each in groups)
    total = sum(float(((each - each.mean()) ** 2).sum()) for each in groups)
    return sqrt(total / freedom) if freedom else 0.0, freedom


def _mean(logs: Levels, scatter: tuple[float, int]) -> Estimate | None:
    """Geometric mean over rounds with Student's interval; None where nothing tells the scatter."""
    deviation, freedom = scatter
    if not logs or not freedom:
        return None
    center = sum(logs.values()) / len(logs)
    reach = float(stdtrit(freedom, 0.975)) * deviation / sqrt(len(logs))
    low, high = exp(center - reach), exp(center + reach)
    return Estimate(n=len(logs), estimate=exp(center), low=low, high=high)


def _ratio(solo: Levels, mixed: Levels, tests: int) -> tuple[Interval | None, bool]:
    """By how much mixed rounds differ from solo ones, and whether that is surely not by noise."""
    if len(mixed) < _FEWEST or not solo:
        return None, False
    apart = np.array([_beside(number, value, mixed) for number, value in solo.items()])
    usual = np.array([_beside(number, value, mixed) for number, value in mixed.items()])
    center = -float(apart.mean())
    # Neighbours are each other's neighbours: of n such differences fewer are free.
    error = sqrt(float((usual**2).mean()) / apart.size)
    freedom = max(len(mixed) // 2, 1)
    reach = float(stdtrit(freedom, 0.975)) * error
    bar = float(stdtrit(freedom, 1 - ERROR / 2 / tests)) * error
    interval = Interval(
        estimate=expm1(center), low=expm1(center - reach), high=expm1(center + reach)
    )
    return interval, abs(center) > bar


def _beside(number: int, value: float, mixed: Levels) -> float:
    """A round's log less the mean of the mixed rounds before and after it."""
    rounds = sorted(round_ for round_ in mixed if round_ != number)
    place = bisect(rounds, number)
    near = [mixed[rounds[at]] for at in (place - 1, place) if 0 <= at < len(rounds)]
    return value - sum(near) / len(near)
