"""Change points over a series of records: when, after a merge, a case really changed.

Each record gives one point per row: the mean of its runs' logs. Points become normal scores of
their ranks, so a wild record counts as the largest and no more. The statistic of a split is the
difference of the two sides' means by its standard error; that of a stretch is the largest over all
its splits. Its p comes from the same maximum over random orders of the points: that the best split
was chosen is part of it (what a t test at the chosen split leaves out), and no distribution is
assumed, only that sessions without a change could have come in any order.

A split that is found divides the stretch, and each part is tested at half its level. So the chance
that a flat series shows any change point is at most its level, however long it is; the rows share
the level of all by Holm's procedure (1979).

Where neighbouring sessions resemble each other the order is not arbitrary, so the statistic is
taken for as much less as that makes means scatter more. Points relative to a frozen revision
measured beside each head (`anchored`) do not drift at all.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from math import ceil, sqrt

import numpy as np
from numpy.random import Generator
from scipy.special import ndtri, stdtrit

from loadstone.model import CasePlan, Direction, Interval, Metric, Run, Side, Verdict
from loadstone.stats.compare import relative
from loadstone.stats.drift import level
from loadstone.stats.samples import Floats

LEAST = 3  # points on each side of a split
EVIDENT = 6.0  # standard errors of a step that no noise makes
SPLIT = 0.75  # of the level is for one split, the rest for a middle that differs
WILD = 5.0  # standard deviations of a single point that is no level
FEWEST, MOST, CHUNK = 400, 40_000, 4000  # random orders: at first, at most, at a time
_DROP = 3.68  # −ln(1 − √0.95): see `_range`


@dataclass(frozen=True, kw_only=True)
class Record:
    """A record of the series: `revision` as a reader knows it, and its runs."""

    revision: str
    runs: Sequence[Run]


@dataclass(frozen=True, kw_only=True)
class Points:
    """Rows × records of mean logs; NaN where a record has too little of a row."""

    cases: Sequence[str]
    metrics: Sequence[Metric]
    revisions: Sequence[str]
    values: Floats

    def until(self, count: int) -> Points:
        """What the first so many records show."""
        return replace(self, revisions=self.revisions[:count], values=self.values[:, :count])


@dataclass(frozen=True, kw_only=True)
class Shift:
    """A change point of one row.

    The change came after revision `good` and with or before `bad`; with 95 % it is after `earliest`
    and with or before `latest`. `change`: of the level after it against the level before, each up
    to the next change point. `p`: over all the splits of its stretch; `threshold`: what it was held
    against. `places`: of the four revisions in the series.
    """

    case: str
    metric: Metric
    verdict: Verdict
    good: str
    bad: str
    earliest: str
    latest: str
    before: int  # points of the two levels
    after: int
    change: Interval
    p: float
    threshold: float
    places: tuple[int, int, int, int]


@np.errstate(all="ignore")
def points(
    records: Sequence[Record], plans: Sequence[CasePlan], *, anchored: bool = False
) -> Points:
    """The points of a series, in the order of `records`.

    `anchored`: head by base of each record, for a series in which base is a frozen revision.
    """
    columns = []
    for each in records:
        head = level(each.runs, plans).center
        base = level(each.runs, plans, Side.BASE).center if anchored else 0.0
        columns.append(head - base)
    metrics = [metric for plan in plans for metric in plan.metrics]
    return Points(
        cases=[plan.case.name for plan in plans for _ in plan.metrics],
        metrics=metrics,
        revisions=[each.revision for each in records],
        values=np.array(columns).T.reshape(len(metrics), len(records)),
    )


def shifts(series: Points, rng: Generator, *, alpha: float = 0.05) -> list[Shift]:
    """The change points of every row, the surest row first, with a family-wise error of `alpha`.

    A change of less than a third of the metric's margin is left out.
    """
    usable = [np.flatnonzero(np.isfinite(row)) for row in series.values]
    rows = [row for row, known in enumerate(usable) if known.size >= 2 * LEAST]
    values = {row: series.values[row, usable[row]] for row in rows}
    smallest = alpha / max(len(rows), 1)
    first = {row: _chance(values[row], rng, smallest) for row in rows}
    found: list[Shift] = []
    for rank, row in enumerate(sorted(rows, key=lambda row: (first[row].p, row))):
        share = alpha / (len(rows) - rank)
        if first[row].p > share:
            break
        splits = _splits(values[row], 0, share, rng, first[row])
        found += _shifts(series, row, usable[row].tolist(), splits)
    return found


Split = tuple[int, float, float]  # place, p, threshold


def _splits(
    values: Floats, start: int, share: float, rng: Generator, known: Chance | None = None
) -> list[Split]:
    """The change points inside one stretch; `start` is where it begins in the series."""
    if values.size < 2 * LEAST:
        return []
    chance = known or _chance(values, rng, share)
    if chance.p > share:
        return []
    place = _edge(_tame(values)) if chance.bump else _best(_tame(values))
    return [
        *_splits(values[:place], start, share / 2, rng),
        (start + place, chance.p, share),
        *_splits(values[place:], start + place, share / 2, rng),
    ]


@dataclass(frozen=True, kw_only=True)
class Chance:
    """How often random orders differ as much; `bump`: between a middle and both ends of it."""

    p: float
    bump: bool = False


def _chance(values: Floats, rng: Generator, share: float) -> Chance:
    """The p of the best split; or else of the best middle, which a split in two cannot tell.

    A change that was taken back leaves both ends alike. Most of the level is the split's.
    """
    scores = _scores(_whitened(values))
    split = _p(scores, lambda orders: _statistics(orders).max(axis=1), rng, SPLIT * share) / SPLIT
    if split <= share or values.size < 3 * LEAST:
        return Chance(p=min(split, 1.0))
    bump = _p(scores, _bumps, rng, (1 - SPLIT) * share) / (1 - SPLIT)
    return Chance(p=min(bump, split, 1.0), bump=bump < split)


def _p(
    scores: Floats, statistic: Callable[[Floats], Floats], rng: Generator, share: float
) -> float:
    """How often random orders reach the statistic: as many of them as `share` needs."""
    best = float(statistic(scores[None, :])[0]) * (1 - 1e-12)
    orders, beyond, enough = 0, 0, min(max(FEWEST, ceil(20 / share)), MOST)
    while orders < enough:
        more = min(FEWEST, enough - orders) if not orders else min(CHUNK, enough - orders)
        shuffled = rng.permuted(np.tile(scores, (more, 1)), axis=1)
        beyond += int((statistic(shuffled) >= best).sum())
        orders += more
        if beyond > 4 * max(share * orders, 2):
            break
    return (1 + beyond) / (1 + orders)


def _whitened(values: Floats) -> Floats:
    """The points without what each has from the one before it, so that any order is as likely.

    A step keeps 1 − ρ of its size, and the noise √(1 − ρ²) of its own.
    """
    rho = _resemblance(values)
    return np.asarray(values - rho * np.concatenate([values[:1], values[:-1]]))


def _resemblance(values: Floats) -> float:
    """The correlation ρ between neighbours, of what the best split and evident steps leave over.

    k fitted means make it too small by about k·(1 + 3ρ)/n (Kendall 1954); that the split between
    them was chosen too, by as much again in simulated series.
    """
    tame = _tame(values)
    ends = sorted({0, _best(tame), *_evident(tame, 0), tame.size})
    sides = [tame[start:end] for start, end in pairwise(ends)]
    rest = np.concatenate([side - side.mean() for side in sides])
    total = float(rest @ rest)
    rho = float(rest[1:] @ rest[:-1]) / total if total > 0 else 0.0
    return min(max(rho + 2 * len(sides) * (1 + 3 * rho) / tame.size, 0.0), 0.9)


def _tame(values: Floats) -> Floats:
    """A point far from both its neighbours becomes like them (Hampel 1974): no step is lost."""
    padded = np.concatenate([values[1:2], values, values[-2:-1]])
    usual = np.median(np.stack([padded[:-2], padded[1:-1], padded[2:]]), axis=0)
    return np.where(np.abs(values - usual) > WILD * _noise(values), usual, values)


def _noise(values: Floats) -> float:
    """The standard deviation of a point, from what neighbours differ by: steps hardly touch it."""
    return 1.05 * float(np.median(np.abs(np.diff(values))))  # 1.4826/√2: as for normal points


def _evident(values: Floats, start: int) -> list[int]:
    """The steps that no noise makes."""
    if values.size < 2 * LEAST:
        return []
    place = _best(values)
    step = abs(float(values[:place].mean() - values[place:].mean()))
    error = _noise(values) * (1 / place + 1 / (values.size - place)) ** 0.5
    if step <= EVIDENT * error:
        return []
    return [
        *_evident(values[:place], start),
        start + place,
        *_evident(values[place:], start + place),
    ]


def _best(values: Floats) -> int:
    """Where a stretch differs most from its rest."""
    return int(np.argmax(_statistics(values[None, :])[0])) + LEAST


def _bumps(orders: Floats) -> Floats:
    """Per order the largest statistic of a middle against both its ends, each of three points."""
    n = orders.shape[1]
    total = np.cumsum(orders - orders.mean(axis=1, keepdims=True), axis=1, dtype=np.float32)
    found = np.zeros(len(orders), dtype=np.float32)
    for size in range(LEAST, n - 2 * LEAST + 1):
        inside = total[:, LEAST + size - 1 : n - LEAST] - total[:, LEAST - 1 : n - LEAST - size]
        weight = (n / (size * (n - size))) ** 0.5
        np.maximum(found, np.abs(inside).max(axis=1) * weight, out=found)
    return np.asarray(found, dtype=float)


def _edge(values: Floats) -> int:
    """The larger of the two steps at the ends of the best middle."""
    n = values.size
    total = np.concatenate([[0.0], np.cumsum(values - values.mean())])

    def differs(ends: tuple[int, int]) -> float:
        size = ends[1] - ends[0]
        return abs(float(total[ends[1]] - total[ends[0]])) * sqrt(n / (size * (n - size)))

    starts = range(LEAST, n - 2 * LEAST + 1)
    middles = [(one, other) for one in starts for other in range(one + LEAST, n - LEAST + 1)]
    start, end = max(middles, key=differs)
    inside = float(values[start:end].mean())
    steps = {start: values[:start], end: values[end:]}
    return max(steps, key=lambda place: abs(inside - float(steps[place].mean())))


def _scores(values: Floats) -> Floats:
    """Normal scores of the ranks (Blom 1958); equal values have equal scores."""
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    last = np.cumsum(count)
    rank = (last - (count - 1) / 2)[place]
    return np.asarray(ndtri((rank - 0.375) / (values.size + 0.25)))


def _statistics(values: Floats) -> Floats:
    """Orders × splits of |difference of means| by its standard error, up to a factor per series."""
    n = values.shape[1]
    before = np.arange(1, n)[LEAST - 1 : n - LEAST]
    total = np.cumsum(values - values.mean(axis=1, keepdims=True), axis=1)
    return np.asarray(np.abs(total[:, before - 1]) * np.sqrt(n / (before * (n - before))))


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
    squared = _statistics(values[None, :])[0] ** 2
    inside = np.flatnonzero((squared[place - LEAST] - squared) / (2 * variance) <= _DROP) + LEAST
    return start + int(min(inside.min(), place)), start + int(max(inside.max(), place))


def _shifts(
    series: Points, row: int, places: Sequence[int], splits: Sequence[Split]
) -> list[Shift]:
    metric = series.metrics[row]
    values = series.values[row, places]
    names = [series.revisions[place] for place in places]
    ends = [0, *(split[0] for split in splits), len(places)]
    found = []
    for number, (place, p, share) in enumerate(splits):
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
    """Which way a change is good; inconclusive where the metric does not say."""
    if metric.direction is Direction.NONE:
        return Verdict.INCONCLUSIVE
    worse = (change > 0) == (metric.direction is Direction.LOWER)
    return Verdict.REGRESSION if worse else Verdict.IMPROVEMENT
