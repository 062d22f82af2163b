"""Change-point detection over a series of records, with a family-wise error over its rows.

Each record gives one point per row: the mean of its runs' logs. `splits` says where the points of a
row change; the rows share the level of all by Holm's procedure (1979). Points relative to a frozen
revision measured beside each head (`anchored`) do not drift at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.random import Generator
from scipy.special import stdtrit

from loadstone.model import CasePlan, Direction, Interval, Metric, Run, Side, Verdict
from loadstone.stats.across_days.between_sessions import level
from loadstone.stats.change_points.contrasts import LEAST, statistics
from loadstone.stats.change_points.splits import Split, chance, splits
from loadstone.stats.common.samples import Floats
from loadstone.stats.comparison.row_table import relative

_DROP = 3.68  # −ln(1 − √0.95): Siegmund 1988, see `_range`


@dataclass(frozen=True, kw_only=True)
class SeriesSession:
    """Session of a series: one record's revision and its runs."""

    revision: str  # as a reader knows it
    runs: Sequence[Run]


@dataclass(frozen=True, kw_only=True)
class RecordMeans:
    """Points of a series: the mean log of every row in every record."""

    cases: Sequence[str]  # of each row
    metrics: Sequence[Metric]  # of each row
    revisions: Sequence[str]  # of each record
    values: Floats  # rows × records, NaN where a record has too little of a row

    def until(self, count: int) -> RecordMeans:
        """The points of the first so many records."""
        return replace(self, revisions=self.revisions[:count], values=self.values[:, :count])


@dataclass(frozen=True, kw_only=True)
class Shift:
    """Change point of one row: where its level shifted, with a 95 % range, and by how much."""

    case: str
    metric: Metric
    verdict: Verdict
    good: str  # the change came after this revision …
    bad: str  # … and with this one, or before
    earliest: str  # with 95 % it is after this one …
    latest: str  # … and with this one, or before
    before: int  # points of the two levels
    after: int
    change: Interval  # of the level after against the level before, each up to the next change
    p: float  # over all the splits of its stretch
    threshold: float  # what p was held against
    places: tuple[int, int, int, int]  # in the series: good, bad, earliest, latest


@np.errstate(all="ignore")
def points(
    records: Sequence[SeriesSession], plans: Sequence[CasePlan], *, anchored: bool = False
) -> RecordMeans:
    """Points of a series, in the order of `records`.

    `anchored`: head by base of each record, for a series in which base is a frozen revision.
    """
    columns = []
    for each in records:
        head = level(each.runs, plans).center
        base = level(each.runs, plans, Side.BASE).center if anchored else 0.0
        columns.append(head - base)
    metrics = [metric for plan in plans for metric in plan.metrics]
    return RecordMeans(
        cases=[plan.case.name for plan in plans for _ in plan.metrics],
        metrics=metrics,
        revisions=[each.revision for each in records],
        values=np.array(columns).T.reshape(len(metrics), len(records)),
    )


def shifts(series: RecordMeans, rng: Generator, *, alpha: float = 0.05) -> list[Shift]:
    """Detect the change points of every row, the surest row first, with family-wise error `alpha`.

    A change of less than a third of the metric's margin is left out.
    """
    usable = [np.flatnonzero(np.isfinite(row)) for row in series.values]
    rows = [row for row, known in enumerate(usable) if known.size >= 2 * LEAST]
    values = {row: series.values[row, usable[row]] for row in rows}
    smallest = alpha / max(len(rows), 1)
    first = {row: chance(values[row], rng, smallest) for row in rows}
    found: list[Shift] = []
    for rank, row in enumerate(sorted(rows, key=lambda row: (first[row].p, row))):
        share = alpha / (len(rows) - rank)
        if first[row].p > share:
            break
        divided = splits(values[row], 0, share, rng, first[row])
        found += _shifts(series, row, usable[row].tolist(), divided)
    return found


def _range(before: Floats, after: Floats, start: int) -> tuple[int, int]:
    """The splits between two levels that fit nearly as well as the best one; `start` of the first.

    The drop of the log-likelihood from its top to the true split is below x with chance
    `(1 − e^−x)²`, nearly (Siegmund 1988): 95 % at 3.68. The variance is that about the two levels.
    """
    place, values = before.size, np.concatenate([before, after])
    spread = sum(float(side.var()) * side.size for side in (before, after))
    variance = spread / (values.size - 2)
    if variance <= 0:
        return start + place, start + place
    squared = statistics(values[None, :])[0] ** 2
    inside = np.flatnonzero((squared[place - LEAST] - squared) / (2 * variance) <= _DROP) + LEAST
    return start + int(min(inside.min(), place)), start + int(max(inside.max(), place))


def _shifts(
    series: RecordMeans, row: int, places: Sequence[int], divided: Sequence[Split]
) -> list[Shift]:
    metric = series.metrics[row]
    values = series.values[row, places]
    names = [series.revisions[place] for place in places]
    ends = [0, *(split[0] for split in divided), len(places)]
    found = []
    for number, (place, p, share) in enumerate(divided):
        before, after = values[ends[number] : place], values[place : ends[number + 2]]
        change = _change(before, after)
        earliest, latest = _range(before, after, ends[number])
        ranged = (place - 1, place, earliest - 1, latest)
        if abs(float(after.mean() - before.mean())) < np.log1p(metric.margin) / 3:
            continue
        found.append(
            Shift(
                case=series.cases[row],
                metric=metric,
                verdict=judged(metric, change.estimate),
                good=names[place - 1],
                bad=names[place],
                earliest=names[earliest - 1],
                latest=names[latest],
                places=tuple(places[each] for each in ranged),  # type: ignore[arg-type]
                before=before.size,
                after=after.size,
                change=change,
                p=p,
                threshold=share,
            )
        )
    return found


def _change(before: Floats, after: Floats) -> Interval:
    """The relative change with Welch's 95 % interval; of the chosen split, so a little too sure."""
    parts = [float(side.var(ddof=1)) / side.size for side in (before, after)]
    variance = sum(parts)
    lowest = sum(x**2 / (side.size - 1) for x, side in zip(parts, (before, after), strict=True))
    freedom = variance**2 / lowest if lowest > 0 else 1.0
    reach = float(stdtrit(freedom, 0.975)) * variance**0.5
    middle = float(after.mean() - before.mean())
    return Interval(
        estimate=relative(middle), low=relative(middle - reach), high=relative(middle + reach)
    )


def judged(metric: Metric, change: float) -> Verdict:
    """Verdict on a change by its direction; inconclusive where the metric has none."""
    if metric.direction is Direction.NONE:
        return Verdict.INCONCLUSIVE
    worse = (change > 0) == (metric.direction is Direction.LOWER)
    return Verdict.REGRESSION if worse else Verdict.IMPROVEMENT
