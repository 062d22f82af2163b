"""Serial correlation: the lag-1 autocorrelation of pairs, and the wider errors it makes.

Two pairs that are disturbed by the same minutes are not two. The correlation ρ of neighbouring
pairs is one number for the whole report: the mean over all rows of the products of residuals that
follow one another, with what a fitted mean takes from it (1/n) given back, shrunk towards 0. The
variance of a mean of n such pairs is larger by v = 1 + 2·Σ(1 − k/n)·ρᵏ than that of n strangers,
and the scatter about the mean smaller, by (n − v)/(n − 1) (Bayley and Hammersley 1946).
"""

from __future__ import annotations

import numpy as np

from loadstone.stats.common.estimates import Estimates
from loadstone.stats.common.samples import Floats

BELIEF = 0.15  # standard deviation of ρ from session to session: a choice, see "pairs correlated"
MOST = 0.6
_TAME = 2.5  # a residual counts at most so many scales


def correlation(ratios: Floats, rows: Estimates, tests: Floats) -> float:
    """Pooled lag-1 autocorrelation ρ ≥ 0 of the rows' residuals, shrunk towards 0.

    `tests`: how much of an independent test each row is (see `pair_weights`).
    """
    known = np.isfinite(ratios) & (rows.n >= 3)[:, None] & np.isfinite(rows.scale)[:, None]
    with np.errstate(all="ignore"):
        z = (ratios - rows.location[:, None]) / rows.scale[:, None]
    z = np.where(known, np.clip(np.nan_to_num(z), -_TAME, _TAME), 0.0)
    z = z - z.sum(axis=1, keepdims=True) / np.maximum(known.sum(axis=1, keepdims=True), 1) * known
    weight = tests**2
    both = (known[:, 1:] & known[:, :-1]).sum(axis=1)
    power = (z**2).sum(axis=1) / np.maximum(known.sum(axis=1), 1)
    total = float((weight * power * both).sum())
    if total <= 0:
        return 0.0
    found = float((weight * (z[:, 1:] * z[:, :-1]).sum(axis=1)).sum()) / total
    taken = float((weight * power * both / np.maximum(rows.n, 1)).sum()) / total
    error2 = 1 / float((weight * both).sum())
    sure = BELIEF**2 / (BELIEF**2 + error2)
    return float(np.clip(sure * (found + taken), 0.0, MOST))


def widening(rho: float, n: Floats) -> Floats:
    """Variance inflation, as a factor on the standard error of means of `n` pairs."""
    found = np.ones(len(n))
    for size in np.unique(n[n >= 2]).astype(int):
        apart = np.arange(1, size)
        more = 1 + 2 * float(((1 - apart / size) * rho**apart).sum())
        less = max((size - more) / (size - 1), 0.2)
        found[n == size] = np.sqrt(more / less)
    return found
