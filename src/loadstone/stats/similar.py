"""Likeness of two samples by an interval: equivalent, different, or not yet known.

Of each metric the mean log-ratio over pairs of runs, with Student's interval of 95 %. It agrees
where all of that lies within the metric's margin (Schuirmann's two tests are this with one of 90 %,
which claims more), and differs where all lies beyond it on one side.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import expm1

import numpy as np

from loadstone.model import CasePlan, Estimate, Interval, Metric, Run
from loadstone.model.similar import Likeness, SimilarRow
from loadstone.stats.common.means import FEWEST, estimate, mean
from loadstone.stats.common.samples import (
    Floats,
    collect,
    floors,
    solo_measurements,
    summary,
)


def similar(runs: Sequence[Run], plans: Sequence[CasePlan]) -> list[SimilarRow]:
    """A row for every metric of every case; base is the first provider, head the second."""
    table = collect(solo_measurements(runs, plans), plans)
    floor = floors(table)
    return [
        _row(case, metric, table.base[row], table.head[row], float(floor[row]))
        for row, (case, metric) in enumerate(zip(table.cases, table.metrics, strict=True))
    ]


def _row(case: str, metric: Metric, first: Floats, second: Floats, floor: float) -> SimilarRow:
    paired = np.isfinite(first) & np.isfinite(second)
    one, other = first[paired], second[paired]
    ratio = _ratio(one, other, floor)
    difference = None if ratio else estimate(mean(other - one))
    return SimilarRow(
        case=case,
        metric=metric,
        likeness=_likeness(metric, one, other, ratio, difference),
        n=int(paired.sum()),
        first=summary(first),
        second=summary(second),
        ratio=ratio,
        difference=difference,
    )


def _ratio(one: Floats, other: Floats, floor: float) -> Interval | None:
    """Second over first less 1; None where a value is 0, or where there are too few."""
    if not one.size or min(one.min(), other.min()) <= 0:
        return None
    found = mean(np.log(other / one), floor)
    if found is None:
        return None
    estimated, low, high = (expm1(each) for each in (found.estimate, found.low, found.high))
    return Interval(estimate=estimated, low=low, high=high)


def _likeness(
    metric: Metric,
    one: Floats,
    other: Floats,
    ratio: Interval | None,
    difference: Estimate | None,
) -> Likeness:
    if one.size < FEWEST:
        return Likeness.MISSING
    if np.array_equal(one, other):
        return Likeness.SAME
    for found, margin in _held(metric, ratio, difference):
        if max(abs(found.low), abs(found.high)) <= margin:
            return Likeness.AGREES
        if found.low > margin or found.high < -margin:
            return Likeness.DIFFERS
        return Likeness.OPEN
    return Likeness.MISSING


def _held(
    metric: Metric, ratio: Interval | None, difference: Estimate | None
) -> Iterator[tuple[Interval | Estimate, float]]:
    if ratio is not None:
        yield ratio, metric.margin
    elif difference is not None:
        yield difference, metric.minimum
