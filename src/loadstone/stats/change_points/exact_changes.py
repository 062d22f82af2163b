"""Exact change points: steps of counts that do not scatter, certain however few there are.

A count that is the same in every run of every record depends neither on the machine nor on the
day. Where it changes once and stays, no noise did it: n runs of both levels agree by chance with at
most 2·4⁻ⁿ (see `counts`). A value that comes back after it had gone is no level, and a count that
does so is left to the permutations.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby, pairwise

import numpy as np

from loadstone.model import CasePlan, Interval, Metric
from loadstone.stats.change_points.detect import SeriesSession, Shift, judged
from loadstone.stats.common.counts import count_test
from loadstone.stats.common.samples import Floats, collect, measurements
from loadstone.stats.comparison.row_table import relative

CONFIRMED = 2  # records of a level: one alone may have had a bad day
EXACT = "exact"


def steady(
    records: Sequence[SeriesSession], plans: Sequence[CasePlan]
) -> dict[int, tuple[Floats, Sequence[int]]]:
    """Rows of `plans` whose counts do not scatter: the count of each record, and its runs.

    NaN where a record has none.
    """
    rows = [metric for plan in plans for metric in plan.metrics]
    if not any(metric.counted for metric in rows):
        return {}
    tables = [collect(measurements(each.runs, plans), plans).head for each in records]
    found: dict[int, tuple[Floats, Sequence[int]]] = {}
    for row, metric in enumerate(rows):
        if not metric.counted:
            continue
        runs = [values[row][np.isfinite(values[row])] for values in tables]
        known = [each for each in runs if each.size >= 2]
        if len(known) < 2 or any(np.ptp(each) for each in known):
            continue
        counts = np.array([each[0] if each.size >= 2 else np.nan for each in runs])
        if not _recurs(counts):
            found[row] = (counts, [each.size for each in runs])
    return found


def steps(
    case: str, metric: Metric, counts: Floats, runs: Sequence[int], *, share: float
) -> list[Shift]:
    """Change points of one such row, held against `share`; revisions are named by place."""
    places = np.flatnonzero(np.isfinite(counts)).tolist()
    levels = [list(group) for _, group in groupby(places, key=lambda place: counts[place])]
    found = []
    for before, after in pairwise(levels):
        n = min(sum(runs[place] for place in side) for side in (before, after))
        old, new = float(counts[before[0]]), float(counts[after[0]])
        count = count_test(np.full(n, old), np.full(n, new))
        few = min(len(before), len(after)) < CONFIRMED
        if few or count is None or count.p > share:
            continue
        change = relative(count.location)
        good, bad = before[-1], after[0]
        found.append(
            Shift(
                case=case,
                metric=metric,
                verdict=judged(metric, new - old),
                good=str(good),
                bad=str(bad),
                earliest=str(good),
                latest=str(bad),
                before=len(before),
                after=len(after),
                change=Interval(estimate=change, low=change, high=change),
                p=count.p,
                threshold=share,
                places=(good, bad, good, bad),
            )
        )
    return found


def _recurs(counts: Floats) -> bool:
    stretches = [value for value, _ in groupby(counts[np.isfinite(counts)].tolist())]
    return len(set(stretches)) < len(stretches)
