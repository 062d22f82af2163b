"""Judgement of functions: paired differences of their costs, over a whole report.

Costs of functions have no logarithm where nothing was sampled, so a row is of differences
head − base, round by round, counted in the standard deviation that they have at least: that of two
Poisson counts, beside 2 % of the cost itself. A scale of 1 is then the same noise in every row, and
the rows of a profile lend one another how much more than that it is (`prior`); a row of sampled
costs is never believed to scatter less. Sizes and intervals are the judge's estimates (`location`).

So are the p-values of costs that were counted. Of sampled ones they are those of how the samples
split between the sides (`sampled`): few samples are no differences with a scale, but counts.

All rows of a report, own and cumulative, of every case and kind of profile, are held together to
one level, which is apart from the level of the gate (Benjamini and Hochberg 1995): no verdict
rests on them. Rows that are too small to matter on both sides are no tests.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

from loadstone.stats.common import prior
from loadstone.stats.common.estimates import Estimates, ScalePrior
from loadstone.stats.common.location import estimate
from loadstone.stats.common.multiplicity import cutoff
from loadstone.stats.common.prior import ExpectedScale, Places, RowIndex, Spread
from loadstone.stats.common.samples import Floats
from loadstone.stats.functions.sampled import SampleSplit, detectable, split

LEVEL = 0.05  # chance that a report on two equal programs names any function
POWER = 0.8  # of the detectable change
FEWEST = 3  # pairs of a row that is tested
LEAST = 0.005  # of the whole profile: a function below it, or a change, is not worth a word
_OWN = 0.02  # of its cost, by which a function scatters beside its sampling: a choice, see `prior`
_FLOOR = 0.8  # scale of t₄ that fits a normal of sd 1 best, which sampling alone gives
_NOTHING = 1e-12  # the unit of a row in which there is nothing
_EXACT = 0.05  # the same of costs that nothing was sampled of
_COVERED = 0.95  # of intervals
_WIDE = Spread(today=0.7, metric=0.5, case=0.5, rest=0.35, guess=8.0)


@dataclass(frozen=True, kw_only=True)
class CostSamples:
    """Paired costs of functions, rows × rounds; NaN is missing.

    `…_quantum`: the cost that one sample stands for, 0 where all was counted. `growth`: per row,
    whether costs are a difference of two profiles, which may be negative and is no number of
    samples. `whole`: per row, the cost of all functions together, a run. `profiles`, `sorts`: per
    row, the number of its profile and whether it is of own or of cumulative costs: rows that lend
    one another scales.
    """

    base: Floats
    head: Floats
    base_quantum: Floats
    head_quantum: Floats
    growth: NDArray[np.bool_]
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
    pairs = np.isfinite(differences).sum(axis=1)
    quantum = np.fmax(*map(_largest, (costs.base_quantum, costs.head_quantum)))
    unit = _units(means, quantum, pairs)
    scaled = differences / unit[:, None]
    found = estimate(scaled, _scales(scaled, quantum, costs))
    enough = pairs >= FEWEST
    worth = np.maximum(*map(np.abs, means)) >= LEAST * costs.whole
    samples = split(costs.base, costs.head, costs.base_quantum, costs.head_quantum, costs.profiles)
    sampled = (quantum > 0) & ~costs.growth
    p = np.where(enough & worth, np.where(sampled, samples.p, found.p), np.nan)
    threshold = cutoff(p, level)
    delta = found.location * unit
    held = np.full(len(unit), threshold)
    power = float(ndtri(POWER)) * found.error * unit
    told = np.where(
        sampled,
        detectable(samples, threshold, POWER) * quantum / pairs,
        found.half(held) * unit + power,
    )
    least = np.maximum(told, LEAST * costs.whole + power)
    agreed = ~sampled | (samples.way * delta > 0)
    low, high = _beside_nothing(found, samples, sampled & (p <= 1 - _COVERED) & agreed)
    return CostChanges(
        n=pairs.astype(float),
        delta=np.where(pairs >= 2, delta, means[1] - means[0]),
        low=np.where(enough, low * unit, np.nan),
        high=np.where(enough, high * unit, np.nan),
        p=p,
        detectable=np.where(enough & worth, least, np.nan),
        threshold=threshold,
        flagged=(p <= threshold) & (np.abs(delta) >= LEAST * costs.whole) & agreed,
    )


def _units(means: Sequence[Floats], quantum: Floats, pairs: Floats) -> Floats:
    """The standard deviation that the differences of each row have at least.

    A sample more than there were, a side: what nobody saw may have been missed.
    """
    size = (np.abs(means[0]) + np.abs(means[1])) / 2
    seen = size + quantum / np.maximum(pairs, 1)
    unit = np.sqrt(quantum * 2 * seen + (_OWN * size) ** 2)
    return np.where(unit > 0, unit, _NOTHING)


def _scales(scaled: Floats, quantum: Floats, costs: CostSamples) -> ScalePrior:
    """What is believed of each row's scale; sampled and counted rows have nothing in common."""
    floor = np.where(quantum > 0, _FLOOR, _EXACT)
    center, spread, nu = (np.ones(len(floor)) for _ in range(3))
    for sampled in (True, False):
        rows = np.flatnonzero((quantum > 0) == sampled)
        if not rows.size:
            continue
        none = np.zeros(len(rows))
        found = prior.scale_priors(
            scaled[rows],
            floor[rows],
            RowIndex(cases=costs.profiles[rows], metrics=costs.sorts[rows]),
            cold=(ExpectedScale(center=none, variance=none), _WIDE),
        )
        center[rows], spread[rows], nu[rows] = found.center, found.spread, found.nu
    return ScalePrior(center=center, spread=spread, floor=floor, nu=nu)


def _beside_nothing(
    found: Estimates, samples: SampleSplit, told: NDArray[np.bool_]
) -> tuple[Floats, Floats]:
    """95 % intervals; where the samples have told which way it went, on that side of nothing."""
    low, high = found.quantile(0.025), found.quantile(0.975)
    low = np.where(told & (samples.way > 0), np.maximum(low, 0.0), low)
    return low, np.where(told & (samples.way < 0), np.minimum(high, 0.0), high)


def _largest(quanta: Floats) -> Floats:
    return np.asarray(np.nan_to_num(quanta).max(axis=1, initial=0.0))


def _means(side: Floats) -> Floats:
    known = np.isfinite(side)
    return np.asarray(np.where(known, side, 0.0).sum(axis=1) / np.maximum(known.sum(axis=1), 1))
