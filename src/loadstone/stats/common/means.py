"""Student's t for one number per run: mean, interval and p, with the run as the unit."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from math import isfinite

import numpy as np
from scipy.special import stdtr, stdtrit

from loadstone.model import Estimate
from loadstone.stats.common.samples import Floats

FEWEST = 3  # runs; of two the interval is too wide to be worth a line


@dataclass(frozen=True, kw_only=True)
class Mean:
    """A mean over runs with Student's intervals, in the unit of the values."""

    n: int  # runs
    estimate: float
    low: float  # of the 95 % interval
    high: float
    low90: float  # of the 90 % interval
    high90: float
    p: float  # two-sided, of "the mean is 0"


def mean(values: Iterable[float] | Floats, floor: float = 0.0) -> Mean | None:
    """One-sample t test of the finite values; None of fewer than `FEWEST`.

    `floor`: the smallest standard deviation of a run that is believed, in the unit of the values,
    such as an instrument's step. Student (1908).
    """
    finite = np.array([value for value in values if isfinite(value)])
    if finite.size < FEWEST:
        return None
    center = float(np.mean(finite))
    freedom = finite.size - 1
    error = max(float(np.std(finite, ddof=1)), floor) / float(finite.size) ** 0.5
    reach, reach90 = (float(stdtrit(freedom, at)) * error for at in (0.975, 0.95))
    if error > 0:
        p = 2 * float(stdtr(freedom, -abs(center) / error))
    else:
        p = 1.0 if center == 0 else 0.0
    return Mean(
        n=int(finite.size),
        estimate=center,
        low=center - reach,
        high=center + reach,
        low90=center - reach90,
        high90=center + reach90,
        p=p,
    )


def estimate(found: Mean | None) -> Estimate | None:
    """The mean and its 95 % interval as the judgement's own type."""
    if found is None:
        return None
    return Estimate(n=found.n, estimate=found.estimate, low=found.low, high=found.high)
