"""Judgement of functions: paired differences of their costs, over a whole report.

Costs of sampled functions have no logarithm where nothing was sampled, so a row is of differences
head − base, round by round, counted in the standard deviation that they have at least: that of two
Poisson counts, beside 2 % of the cost itself. A scale of 1 is then the same noise in every row,
and rows lend one another how much more than that it is (`prior`); a row of sampled costs is never
believed to scatter less. Estimates and p-values are those of the judge (`location`).

All rows of a report, own and cumulative, of every case and kind of profile, are held together to
one level, which is apart from the level of the gate (Benjamini and Hochberg 1995): no verdict
rests on them. Rows that are too small to matter on both sides are no tests.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from loadstone.stats.common import prior
from loadstone.stats.common.location import estimate
from loadstone.stats.common.multiplicity import cutoff
from loadstone.stats.common.prior import ExpectedScale, Places, RowIndex, Spread
from loadstone.stats.common.samples import Floats

LEVEL = 0.05  # chance that a report on two equal programs names any function
POWER = 0.8  # of the detectable change
FEWEST = 3  # pairs of a row that is tested
LEAST = 0.005  # of the whole profile: a function below it, or a change, is not worth a word
_OWN = 0.02  # of its cost, by which a function scatters beside its sampling: a choice, see `prior`
_FLOOR = 0.8  # scale of t₄ that fits a normal of sd 1 best, which sampling alone gives
_NOTHING = 1e-12  # the unit of a row in which there is nothing
_EXACT = 0.05  # the same of costs that nothing was sampled of
_WIDE = Spread(today=0.7, metric=0.5, case=0.5, rest=0.35, guess=8.0)


@dataclass(frozen=True, kw_only=True)
class CostSamples:
    """Paired costs of functions, rows × rounds; NaN is missing.

    `quantum`: per row, the cost that one sample stands for, 0 where all was counted. `whole`: per
    row, the cost of all functions together, a run. `profiles`, `sorts`: per row, the number of its
    profile and whether it is of own or of cumulative costs: rows that lend one another scales.
    """

    base: Floats
    head: Floats
    quantum: Floats
    whole: Floats
    profiles: Places
    sorts: Places


@dataclass(frozen=True, kw_only=True)
class CostChanges:
    """Changes of functions' costs, a run, with 95 % intervals; NaN where there are too few pairs.

    `detectable`: the smallest change that would have been flagged with a power of 80 %.
    """

    n: Floats
    delta: Floats
    low: Floats
    high: Floats
    p: Floats  # NaN of rows that are not tested
    detectable: Floats
    threshold: float  # what p is held against
    flagged: NDArray[np.bool_]


@np.errstate(all="ignore")  # what is missing travels as NaN
def judge(costs: CostSamples, level: float = LEVEL) -> CostChanges:
    """Judge all functions of a report together."""
    differences = costs.head - costs.base
    means = [_means(side) for side in (costs.base, costs.head)]
    size = (np.abs(means[0]) + np.abs(means[1])) / 2
    pairs = np.isfinite(differences).sum(axis=1)
    # A sample more than there were, a side: six on one side and none on the other then have about
    # the p of a fair coin, and what nobody saw may have been missed.
    seen = size + costs.quantum / np.maximum(pairs, 1)
    unit = np.sqrt(costs.quantum * 2 * seen + (_OWN * size) ** 2)
    unit = np.where(unit > 0, unit, _NOTHING)
    scaled = differences / unit[:, None]
    floor = np.where(costs.quantum > 0, _FLOOR, _EXACT)
    none = np.zeros(len(floor))
    expected = ExpectedScale(center=none, variance=none)
    believed = prior.scale_priors(
        scaled,
        floor,
        RowIndex(cases=costs.profiles, metrics=costs.sorts),
        cold=(expected, _WIDE),
    )
    found = estimate(scaled, believed)
    enough = pairs >= FEWEST
    worth = np.maximum(*map(np.abs, means)) >= LEAST * costs.whole
    p = np.where(enough & worth, found.p, np.nan)
    threshold = cutoff(p, level)
    delta = found.location * unit
    held = np.full(len(floor), threshold)
    detectable = (found.half(held) + float(ndtri(POWER)) * found.error) * unit
    return CostChanges(
        n=pairs.astype(float),
        delta=np.where(pairs >= 2, delta, means[1] - means[0]),
        low=np.where(enough, found.quantile(0.025) * unit, np.nan),
        high=np.where(enough, found.quantile(0.975) * unit, np.nan),
        p=p,
        detectable=np.where(enough & worth, detectable, np.nan),
        threshold=threshold,
        flagged=(p <= threshold) & (np.abs(delta) >= LEAST * costs.whole),
    )


def _means(side: Floats) -> Floats:
    known = np.isfinite(side)
    return np.asarray(np.where(known, side, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))
