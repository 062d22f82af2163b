"""Binomial proportions with exact intervals, for independent and for clustered cases.

A bound of Clopper and Pearson (1934) is a quantile of a beta distribution: with x of n, the share
is at least `B(x, n − x + 1)` and at most `B(x + 1, n − x)`, at the quantile of what may be left
out.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import betaincinv, stdtrit

from loadstone.model.audit import Proportion

LEVEL = 0.95


def share(hits: int, of: int, level: float = LEVEL) -> Proportion:
    """Clopper and Pearson's interval of independent cases."""
    outside = (1 - level) / 2
    return Proportion(
        hits=hits,
        of=of,
        share=hits / of if of else 0.0,
        low=lower(hits, of, 1 - outside),
        high=upper(hits, of, 1 - outside),
        level=level,
    )


def lower(hits: float, of: float, confidence: float) -> float:
    """The one-sided bound below which the share is not, at `confidence`."""
    return float(betaincinv(hits, of - hits + 1, 1 - confidence)) if hits > 0 else 0.0


def upper(hits: float, of: float, confidence: float) -> float:
    """The one-sided bound above which the share is not, at `confidence`."""
    return float(betaincinv(hits + 1, of - hits, confidence)) if hits < of else 1.0


def clustered(hits: Sequence[int], of: Sequence[int], level: float = LEVEL) -> Proportion:
    """Cluster-robust proportion over groups of related cases: `hits[i]` of `of[i]` in group i.

    The groups are the unit. From the spread between them comes the number of independent cases that
    would know as much, and for those Clopper and Pearson's interval is taken (Korn and Graubard
    1998). Groups that all agree count as one case each.
    """
    x, n = np.array(hits, dtype=float), np.array(of, dtype=float)
    x, n = x[n > 0], n[n > 0]
    total, count = int(n.sum()), n.size
    if not total:
        return share(0, 0, level)
    mean = float(x.sum() / n.sum())
    size = _effective(x, n, mean)
    outside = (1 - level) / 2
    if count >= 2 and size < total:
        size *= float(stdtrit(total - 1, outside) / stdtrit(count - 1, outside)) ** 2
    return Proportion(
        hits=int(x.sum()),
        of=total,
        share=mean,
        low=min(lower(mean * size, size, 1 - outside), mean),
        high=max(upper(mean * size, size, 1 - outside), mean),
        level=level,
    )


def _effective(x: np.ndarray, n: np.ndarray, mean: float) -> float:
    """How many independent cases know as much as these groups."""
    if x.size < 2:
        return 1.0
    residual = x - mean * n
    variance = x.size / (x.size - 1) * float(residual @ residual) / float(n.sum()) ** 2
    if variance <= 0 or not 0 < mean < 1:
        return float(x.size)
    return min(max(mean * (1 - mean) / variance, 1.0), float(n.sum()))
