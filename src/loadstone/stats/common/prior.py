"""Empirical-Bayes prior of each row's noise scale, learnt from the other rows and from history.

Four rounds say little about a scale, but a report has many rows. The log of a row's raw scale is
modelled as `expected + level today + metric + case + rest`; each part is the precision-weighted
mean of the *other* rows, shrunk towards nothing, so no row helps to decide what is expected of it.
How far rows scatter around this ("rest") is estimated from the rows as well: where scales are
alike, rounds are borrowed freely; where they differ by orders of magnitude, hardly at all.

Cold, nothing is expected and metrics and cases may differ at will. Of mixed pairs a little is: the
margins of their metrics were chosen for what such pairs can show, so scales are expected near them,
and not near those of runs that follow one another, with which they share nothing. Warm, history
gives the expected scale of every row, and today may differ from it a little.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loadstone.stats.common.estimates import ScalePrior
from loadstone.stats.common.location import mode
from loadstone.stats.common.samples import Floats, Samples, places

Places = NDArray[np.int64]


@dataclass(frozen=True, kw_only=True)
class Spread:
    """Variance components of log scales, as standard deviations."""

    today: float  # of the level of all rows
    metric: float  # of a metric about it
    case: float  # of a case
    rest: float  # of a row about all of these: a first guess …
    guess: float  # … that counts as many rows as this


# Choices, wide enough for any project when cold; "cold" and "scales e^±1.2 apart" show their cost.
COMMON = 0.06  # scale of a round's log-ratio on a cluster, where nothing else is known
COLD = Spread(today=1.5, metric=1.0, case=0.4, rest=0.35, guess=8.0)
MIXED = Spread(today=0.7, metric=0.6, case=0.4, rest=0.35, guess=8.0)
NEAR = 1.2  # times the margin is the scale of a mixed pair, by the margins of our own scenarios
SMALLEST = 0.002  # of a margin: one of nothing says nothing of a scale
WARM = Spread(today=0.3, metric=0.1, case=0.15, rest=0.2, guess=8.0)
NARROWEST = 0.1  # never trust a prior more than this: about 50 degrees of freedom
ALIKE = 0.5  # of the sampling error of log scales that the metrics of a case have in common
TYPICAL = 4.0  # ν of a cluster's noise: a run in ten is far off


@dataclass(frozen=True, kw_only=True)
class RowIndex:
    """Index of rows: the number of each one's case and of its metric."""

    cases: Places
    metrics: Places


@dataclass(frozen=True, kw_only=True)
class ExpectedScale:
    """Expectation of each row's log scale from elsewhere: its center and variance."""

    center: Floats
    variance: Floats


def row_index(table: Samples) -> RowIndex:
    """The index of a table's rows: a metric of mixed pairs and of solo ones are two."""
    named = zip(table.metrics, table.mixed.tolist(), strict=True)
    return RowIndex(
        cases=places(table.cases), metrics=places([f"{mixed} {one.name}" for one, mixed in named])
    )


def usual(table: Samples) -> ExpectedScale:
    """The log scale of each row where nothing is known but its design."""
    margins = np.array([max(metric.margin, SMALLEST) for metric in table.metrics])
    center = np.log(np.where(table.mixed, NEAR * margins, COMMON))
    return ExpectedScale(center=center, variance=np.zeros(len(center)))


def spread(table: Samples) -> Spread:
    """How far cold scales lie from the usual ones: as far as of runs that follow one another."""
    return MIXED if table.mixed.size and table.mixed.all() else COLD


def raw_scales(ratios: Floats, floor: Floats) -> ExpectedScale:
    """Raw log scale of each row by itself, and its sampling variance; infinite where it has none.

    Bias and variance are those of simulated noise between normal and t₄ (of four rounds the
    variance is 0.24 and 0.33): `benchmarks/scale_table.py`.
    """
    n = np.isfinite(ratios).sum(axis=1).astype(float)
    none = np.zeros(len(n))
    _, scale, _ = mode(ratios, none, none, floor, np.full(len(n), TYPICAL))
    freedom = np.maximum(n - 1, 1)
    usable = (n >= 2) & (scale > 1.001 * floor)
    variance = np.where(usable, 0.7 / freedom + 0.35 / freedom**2, np.inf)
    return ExpectedScale(center=np.log(scale) + 0.3 / freedom**2, variance=variance)


def scale_priors(
    ratios: Floats,
    floor: Floats,
    rows: RowIndex,
    history: ExpectedScale | None = None,
    cold: tuple[ExpectedScale, Spread] | None = None,
) -> ScalePrior:
    """Shrinkage prior of every row, from the other rows and from `history`.

    `cold`: what is expected without history, and how far off that may be.
    """
    none = ExpectedScale(center=np.full(len(floor), np.log(COMMON)), variance=np.zeros(len(floor)))
    usual_, wide = cold or (none, COLD)
    start = history or usual_
    raw = raw_scales(ratios, floor)
    known = np.isfinite(raw.variance)
    away = ExpectedScale(
        center=np.where(known, raw.center - start.center, 0.0),
        variance=raw.variance + start.variance,
    )
    fitted = smooth(away, rows, WARM if history else wide)
    noiseless = extent(ratios) <= 2 * floor
    width = np.sqrt(np.maximum(fitted.variance + start.variance, NARROWEST**2))
    center = np.maximum(start.center + fitted.center, np.log(floor))
    return ScalePrior(
        center=np.where(noiseless, np.log(floor), center),
        spread=np.where(noiseless, 0.3, width),
        floor=floor,
        nu=np.full(len(floor), TYPICAL),
    )


def smooth(values: ExpectedScale, rows: RowIndex, spread: Spread) -> ExpectedScale:
    """Leave-one-out expectation of each row from the *others*, and its variance (backfitting)."""
    size = len(values.center)
    alone = np.zeros(size)
    sampling = np.where(np.isfinite(values.variance), values.variance, 0.0)
    parts = [
        (np.zeros(size, dtype=np.int64), spread.today, alone),
        (rows.metrics, spread.metric, alone),
        (rows.cases, spread.case, ALIKE * _mean(sampling, rows.cases)),
    ]
    rest = spread.rest**2
    center = vague = np.zeros(size)
    for _ in range(4):
        weight = 1 / (rest + values.variance)
        found = [np.zeros(size) for _ in parts]
        for _ in range(4):
            vague = np.zeros(size)
            for index, (groups, sd, common) in enumerate(parts):
                others = values.center - np.sum(found, axis=0) + found[index]
                found[index], variance = _leave_one_out(others, weight, groups, sd, common)
                vague = vague + variance
        center = np.sum(found, axis=0)
        rest = _rest(values.center - center, values.variance + vague, spread)
    return ExpectedScale(center=center, variance=rest + vague)


def _leave_one_out(
    values: Floats, weight: Floats, groups: Places, sd: float, common: Floats
) -> tuple[Floats, Floats]:
    """For each row the shrunk mean of the other rows of its group, and that mean's variance.

    `common`: variance of the error that all rows of a group share, which more rows do not reduce.
    """
    size = int(groups.max(initial=0)) + 1
    others = np.maximum(np.bincount(groups, weight, size)[groups] - weight, 1e-12)
    mean = (np.bincount(groups, weight * values, size)[groups] - weight * values) / others
    precision = 1 / (1 / others + common)
    total = precision + sd**-2.0
    return mean * precision / total, 1 / total


def _mean(values: Floats, groups: Places) -> Floats:
    size = int(groups.max(initial=0)) + 1
    return np.asarray(
        (np.bincount(groups, values, size) / np.bincount(groups, minlength=size))[groups]
    )


def _rest(residual: Floats, known: Floats, spread: Spread) -> float:
    """Variance of the residuals beyond what is known of them; unsure residuals count less."""
    seen = np.isfinite(known)
    weight = (spread.rest**2 / (spread.rest**2 + known[seen])) ** 2
    total = float((weight * (residual[seen] ** 2 - known[seen])).sum())
    guess = spread.guess * (float(weight.mean()) if weight.size else 1.0)
    return max((total + guess * spread.rest**2) / (float(weight.sum()) + guess), 0.0)


def extent(ratios: Floats) -> Floats:
    """Range of each row's finite values; infinite where there is none."""
    known = np.isfinite(ratios)
    high = np.where(known, ratios, -np.inf).max(axis=1, initial=-np.inf)
    low = np.where(known, ratios, np.inf).min(axis=1, initial=np.inf)
    return np.where(known.any(axis=1), high - low, np.inf)
