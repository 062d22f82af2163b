"""Tests of sampled costs: which side a function's samples fall on, with dispersions borrowed.

Given how often a function was sampled in a round, on both sides together, head's part of that is
binomial if nothing changed, as with other counts (`common.counts`). What moves both sides of a
round alike, as when a sampler meets the same moment of every request, says nothing then: 0 samples
against 3, 5, 14 and 18 are 0 against 40.

Runs scatter more than their sampling, so variances are multiplied by a dispersion φ ≥ 1: Pearson's
χ² by its degrees of freedom. Four rounds say little about it, but a profile has many functions.
What is expected of φ is learnt from all of them: `level · (1 + slope · samples of a round)`, the
second part being what a run's cost scatters by itself; and each function's own φ is shrunk to that
(quasi-likelihood: McCullagh and Nelder 1989; borrowed over many rows: Lund et al. 2012).

A function that one side alone has cannot differ between the sides in φ's way. If it came in some
runs and not in others, far more so than most functions differ from round to round, then it is work
that comes now and then, and on which side is chance: that counts as its own scatter. The less a
function looks like the others, the less is believed of it that they tell. And if a profile has
functions that come now and then, one that came in all runs of a side may be such (`now_and_then`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import chdtrc, stdtr, stdtrit

from loadstone.stats.common.prior import Places
from loadstone.stats.common.samples import Floats
from loadstone.stats.functions.now_and_then import less_sure

_BELIEF = 20.0  # degrees of freedom of what is expected of φ, at most: see `test_sampled`
_GUESS = 3.0  # degrees of freedom's worth of belief in 1, as of other counts
_SCATTER = 0.02  # of its cost, by which a run scatters at least beside its sampling: a choice
_FEWEST = 6.0  # samples of a function that says something of φ
_ODD = 0.05  # chance of a row below which less and less is believed of it that others tell
_HALF = 0.5  # of a sample, by which whole numbers are off the normal curve
_ANSCOMBE = 0.375  # added to a Poisson count, its square root has a variance near 1/4


@dataclass(frozen=True, kw_only=True)
class SampleSplit:
    """How the samples of each row split between the sides, and how surely that is no chance.

    `way`: 1 where head has more of them than it would have if nothing had changed, else −1.
    """

    p: Floats  # two-sided; NaN of rows without samples
    way: Floats
    dispersion: Floats  # φ
    freedom: Floats  # degrees of freedom of φ
    samples: Floats  # of the base, in all rounds


@np.errstate(all="ignore")
def split(
    base: Floats, head: Floats, base_quantum: Floats, head_quantum: Floats, profiles: Places
) -> SampleSplit:
    """Test rows × rounds of costs; `…_quantum`: those that one sample stands for, alike.

    `profiles`: per row, the number of its profile, whose rows lend one another dispersions.
    """
    both = np.isfinite(base) & np.isfinite(head)
    seen = np.where(both, base / base_quantum, 0.0), np.where(both, head / head_quantum, 0.0)
    fair = np.where(both, base_quantum / (base_quantum + head_quantum), 0.5)  # head's part
    rounds = _Rounds(base=seen[0], head=seen[1], fair=fair, known=both)
    phi, freedom = _dispersions(rounds, profiles)
    total, found, expected = rounds.total, rounds.head.sum(axis=1), rounds.expected
    off = np.maximum(np.abs(found - expected) - _HALF, 0.0)
    way = np.where(found >= expected, 1.0, -1.0)
    near = expected + way * off
    deviance = 2 * (
        _of(near, near / expected) + _of(total - near, (total - near) / (total - expected))
    )
    z = np.sqrt(np.maximum(deviance, 0.0) / phi)
    p = np.where(total > 0, 2 * stdtr(freedom, -z), np.nan)
    return SampleSplit(
        p=less_sure(p, rounds.base, rounds.head, both, profiles),
        way=way,
        dispersion=phi,
        freedom=freedom,
        samples=seen[0].sum(axis=1),
    )


def detectable(found: SampleSplit, level: float, power: float) -> Floats:
    """How many samples more than the base's are flagged at a level with a power, in all rounds."""
    reach = stdtrit(found.freedom, 1 - level / 2) + stdtrit(found.freedom, power)
    root = np.sqrt(found.samples + _ANSCOMBE) + reach * np.sqrt(found.dispersion / 2)
    return np.asarray(root**2 - _ANSCOMBE - found.samples + _HALF)


@dataclass(frozen=True, kw_only=True)
class _Rounds:
    """Rows × rounds of samples, and the part that is head's if nothing changed."""

    base: Floats
    head: Floats
    fair: Floats
    known: NDArray[np.bool_]

    @property
    def total(self) -> Floats:
        return np.asarray((self.base + self.head).sum(axis=1))

    @property
    def expected(self) -> Floats:
        return np.asarray(((self.base + self.head) * self.fair).sum(axis=1))


def _dispersions(rounds: _Rounds, profiles: Places) -> tuple[Floats, Floats]:
    """φ of each row with its degrees of freedom."""
    n = rounds.base + rounds.head
    times = (n > 0).sum(axis=1)
    usual = rounds.total / np.maximum(times, 1)  # samples of a round
    between, worth = _between_sides(rounds)
    along, lone = _along_rounds(rounds)
    phi, freedom = np.ones(len(n)), np.ones(len(n))
    for number in np.unique(profiles):
        rows = profiles == number
        telling = rows & (rounds.total >= _FEWEST)
        expected = _expected(between[telling], worth[telling], usual[telling], usual[rows])
        common = 1 + _common(along[telling], lone[telling], usual[telling]) * usual[rows]
        spent = np.maximum(lone[rows] - worth[rows], 0.0) / np.maximum(lone[rows], 1.0)
        chi2 = between[rows] / expected + spent * along[rows] / common
        own = worth[rows] + spent * lone[rows]
        belief = min(_BELIEF, _GUESS + float(worth[telling].sum()))
        belief = belief * np.minimum(chdtrc(np.maximum(own, 1e-9), chi2) / _ODD, 1.0)
        whole = belief + own
        phi[rows] = np.maximum(expected * (belief + chi2) / np.maximum(whole, 1e-9), 1.0)
        freedom[rows] = np.maximum(whole, 1.0)
    return phi, freedom


def _expected(chi2: Floats, own: Floats, usual: Floats, wanted: Floats) -> Floats:
    """The φ that is expected of rows with `wanted` samples a round, from those of other rows."""
    excess = chi2 - own  # beyond 1, times the degrees of freedom
    weight = 1 / (1 + _SCATTER * usual) ** 2
    lever = float((weight * own * usual**2).sum())
    slope = float((weight * excess * usual).sum()) / lever if lever else 0.0
    slope = max(slope, _SCATTER**2 / 2)
    level = (_GUESS + float((chi2 / (1 + slope * usual)).sum())) / (_GUESS + float(own.sum()))
    return np.asarray(max(level, 1.0) * (1 + slope * wanted))


def _common(chi2: Floats, own: Floats, usual: Floats) -> float:
    """How much rounds differ by, of most rows: the median, as some come only now and then."""
    each = (chi2 / np.maximum(own, 1.0) - 1) / usual
    order = np.argsort(each)
    reached = np.cumsum(np.sqrt(usual[order]))
    middle = np.searchsorted(reached, reached[-1] / 2) if each.size else 0
    return max(float(each[order][middle]), _SCATTER**2 / 2) if each.size else _SCATTER**2 / 2


def _between_sides(rounds: _Rounds) -> tuple[Floats, Floats]:
    """χ² of each row about the split that all its rounds have in common, and what it is worth.

    Where nearly all samples are one side's there is nothing to scatter, and it is worth little.
    """
    n = rounds.base + rounds.head
    share = rounds.head.sum(axis=1) / rounds.total
    fair = rounds.expected / rounds.total
    odds = (share / (1 - share) * (1 - fair) / fair)[:, None]
    likely = odds * rounds.fair
    each = np.where(np.isfinite(odds), likely / (1 - rounds.fair + likely), 1.0)
    spread = n * each * (1 - each)
    worth = np.nan_to_num(4 * share * (1 - share))
    chi2 = np.where(spread > 0, (rounds.head - n * each) ** 2 / spread, 0.0).sum(axis=1)
    return worth * chi2, worth * np.maximum((n > 0).sum(axis=1) - 1, 0)


def _along_rounds(rounds: _Rounds) -> tuple[Floats, Floats]:
    """χ² of each row's samples of both sides from round to round, and its degrees of freedom."""
    n = rounds.base + rounds.head
    count = rounds.known.sum(axis=1)
    mean = rounds.total / np.maximum(count, 1)
    off = np.where(rounds.known, (n - mean[:, None]) ** 2 / mean[:, None], 0.0)
    return np.nan_to_num(off.sum(axis=1)), np.maximum(count - 1.0, 0.0)


def _of(number: Floats, ratio: Floats) -> Floats:
    """`number · ln ratio`, 0 for a number of nothing."""
    return np.where(number > 0, number * np.log(ratio), 0.0)
