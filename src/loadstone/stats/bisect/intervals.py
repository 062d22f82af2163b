"""Repeated confidence intervals of one commit, as narrow as the noise of all commits allows.

At each look a commit's mean difference has the interval `mean ± t·s/√n`, with t at the nominal
level of that look; the levels spend the commit's α over its looks (`common.spending`), so that all
intervals of a commit hold at once (repeated confidence intervals: Jennison and Turnbull 1989; their
levels taken to Student's t: Pocock 1977). Any rule may then look at them and decide.

Commits of one range are measured in the same case on the same machine, and their noise is alike: s
is estimated from the residuals of all commits so far, and is never less than the commit's own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from math import inf, sqrt

import numpy as np
from scipy.special import stdtrit

from loadstone.stats.common.spending import levels


@dataclass(frozen=True, kw_only=True)
class CommitInterval:
    """The mean of a commit's differences after so many pairs, and the interval that covers it."""

    pairs: int
    estimate: float
    low: float
    high: float


def interval(
    sample: Sequence[float], others: Sequence[Sequence[float]], looks: Sequence[int], alpha: float
) -> CommitInterval:
    """The interval of a commit at a look; `sample` is as long as one of `looks`.

    `others`: what the commits before it gave. Infinite where nothing is known of the noise.
    """
    n = len(sample)
    mean = float(np.mean(sample))
    own = _squares(sample)
    freedom = sum(len(each) - 1 for each in (*others, sample) if len(each) > 1)
    if n < 2 or not freedom:
        return CommitInterval(pairs=n, estimate=mean, low=-inf, high=inf)
    pooled = (own + sum(map(_squares, others))) / freedom
    scale = sqrt(max(pooled, own / (n - 1)))
    half = _quantile(n, tuple(looks), alpha, freedom) * scale / sqrt(n)
    return CommitInterval(pairs=n, estimate=mean, low=mean - half, high=mean + half)


def _squares(sample: Sequence[float]) -> float:
    """The sum of squares about the mean."""
    return float(np.var(sample) * len(sample)) if len(sample) > 1 else 0.0


@lru_cache(maxsize=4096)
def _quantile(n: int, looks: tuple[int, ...], alpha: float, freedom: int) -> float:
    level = levels([look for look in looks if look <= n], looks[-1], alpha)[-1]
    return float(-stdtrit(freedom, level / 2))
