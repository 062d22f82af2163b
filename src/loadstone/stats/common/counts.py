"""Tests of counts: exact where they do not scatter, conditional binomial where they do.

Three situations, by what was counted in the n pairs of a row:

- *exact*: every base run counted a and every head run b ≠ a. Whatever a count's distribution, n
  runs agree on a and the n others on b with chance at most 2·4⁻ⁿ, worst for a coin's toss: that is
  the p.
- *conditional*: given the total of a pair of Poisson counts, head's part is binomial with one half
  (Przyborowski and Wilenski 1940). Counts often scatter more than Poisson's do, so the variance is
  multiplied by φ, estimated from the pairs, never below 1, with three pairs' worth of belief in 1.
- *measured*: positive counts that scatter are also log-ratios like any other metric; then both
  tests must agree, so the larger p is used.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import ceil, log, sqrt

import numpy as np
from scipy.special import bdtr, betaincinv, ndtr, ndtri, stdtr

from loadstone.stats.common.samples import Floats

EXACT, CONDITIONAL, MEASURED = "exact", "conditional", "moderated"
_BELIEF = 3.0  # pairs' worth of belief that counts scatter as Poisson's do: a choice
_WHOLE = 2.0**53  # beyond this a float has no ones any more: what scatters is no count
_LOWEST = 1e-300  # level: below it floats end
_NORMAL = 1e9  # events from which a binomial is taken for normal


@dataclass(frozen=True, kw_only=True)
class Count:
    """Test of one counted row: p and a log-ratio with its intervals, infinite beside nothing."""

    method: str
    n: int  # pairs
    p: float  # two-sided
    location: float  # ln(head / base) of the totals
    error: float  # its standard error; 0 where the test is exact
    low: float  # of the 95 % interval
    high: float
    low90: float  # of the 90 % interval
    high90: float
    dispersion: float = 1.0  # φ


def least(n: int) -> float:
    """The smallest p that n pairs of counts can have which are the same in every run of a side."""
    return 2.0 * 4.0**-n


def pairs_needed(level: float) -> int:
    """The fewest pairs of such counts that are significant at a level above 0."""
    return max(2, ceil(log(2.0 / max(level, _LOWEST), 4)))


def count_test(base: Floats, head: Floats) -> Count | None:
    """Test of the pairs of one row; None with fewer than two, or where they are no counts."""
    pair = np.isfinite(base) & np.isfinite(head)
    b, h = base[pair], head[pair]
    whole = np.all(b == np.floor(b)) and np.all(h == np.floor(h))
    if b.size < 2 or not whole or min(b.min(), h.min()) < 0:
        return None
    if b.min() == b.max() and h.min() == h.max():
        return _exact(float(b[0]), float(h[0]), b.size)
    return _conditional(b, h) if max(b.max(), h.max()) <= _WHOLE else None


def _exact(base: float, head: float, n: int) -> Count:
    ratio = 0.0 if base == head else _log(head) - _log(base)
    return Count(
        method=EXACT,
        n=n,
        p=1.0 if base == head else least(n),
        location=ratio,
        error=0.0,
        low=ratio,
        high=ratio,
        low90=ratio,
        high90=ratio,
    )


def _conditional(base: Floats, head: Floats) -> Count:
    total_base, total_head = float(base.sum()), float(head.sum())
    phi = dispersion(base, head)
    smaller, both = min(total_base, total_head), total_base + total_head
    binomial = min(1.0, 2 * _at_most(smaller, both))
    location = _log(total_head) - _log(total_base)
    error = sqrt(phi * (1 / max(total_base, 0.5) + 1 / max(total_head, 0.5)))
    spread = log((total_head + 0.5) / (total_base + 0.5)) / error
    freedom = base.size - 1 + _BELIEF
    wide = 2 * float(stdtr(freedom, -abs(spread)))
    low, high = _bounds(total_base / phi, total_head / phi, 0.95)
    low90, high90 = _bounds(total_base / phi, total_head / phi, 0.90)
    return Count(
        method=CONDITIONAL,
        n=base.size,
        p=max(binomial, wide) if phi > 1 else binomial,
        location=location,
        error=error,
        low=low,
        high=high,
        low90=low90,
        high90=high90,
        dispersion=phi,
    )


def _at_most(head: float, both: float) -> float:
    """The chance of no more than `head` of `both` fair tosses."""
    if both > _NORMAL:
        return float(ndtr((head + 0.5 - both / 2) / (sqrt(both) / 2)))
    return float(bdtr(head, int(both), 0.5))


def dispersion(base: Floats, head: Floats) -> float:
    """Overdispersion φ ≥ 1: the variance of the pairs about their common ratio, by Poisson's.

    Pearson's χ² by its degrees of freedom (McCullagh and Nelder 1989), shrunk towards 1.
    """
    totals = base + head
    some = totals > 0
    share = float(head.sum() / totals.sum())
    if not 0 < share < 1:
        return 1.0
    residual = (head[some] - share * totals[some]) ** 2 / (totals[some] * share * (1 - share))
    freedom = base.size - 1
    return max(1.0, (_BELIEF + float(residual.sum())) / (_BELIEF + freedom))


def _bounds(base: float, head: float, level: float) -> tuple[float, float]:
    """Clopper and Pearson's interval (1934) of head's share, as log-ratios."""
    outside = (1 - level) / 2
    if min(base, head) > _NORMAL:
        reach = -float(ndtri(outside)) * sqrt(1 / base + 1 / head)
        return _log(head) - _log(base) - reach, _log(head) - _log(base) + reach
    low = float(betaincinv(head, base + 1, outside)) if head > 0 else 0.0
    high = float(betaincinv(head + 1, base, 1 - outside)) if base > 0 else 1.0
    return _log(low) - _log(1 - low), _log(high) - _log(1 - high)


def _log(value: float) -> float:
    return log(value) if value > 0 else -np.inf
