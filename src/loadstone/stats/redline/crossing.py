"""Inverse regression: the size at which a line through the runs near the bound crosses it.

Steps decide size by size, and each needs its own runs; the runs of neighbouring sizes together say
more. Near its redline a component's log-excess rises about evenly with the log of the size, so a
straight line is fitted there, by least squares over runs, and its crossing with 0 has the interval
of E. C. Fieller (1954), which is open where the slope is not sure.

One side's crossing is off by some percent where the excess bends, in queues always to the same
side; the ratio of two sides' crossings much less, since that cancels. So the interval is for the
ratio alone. `WIDER` and `BENT` make up for what is left of it: found with simulated queues by
`python -m benchmarks.redline_search`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import exp, hypot, log, sqrt

import numpy as np
from numpy.typing import NDArray
from scipy.special import stdtrit

OPEN = 100.0  # the log of a size: an interval that reaches so far says no more than an open one
# Chosen by trial on simulated queues: `python -m benchmarks.redline_search`.
REACH = 0.7  # sizes whose median excess is within ± this are near the bound (a factor of 2)
FARTHEST = 1.5  # an excess counts at most so much
LEAST_SIZES, LEAST_RUNS = 3, 8  # near the bound
WIDER = 1.2  # factor on an interval
BENT = 0.02  # added to it in quadrature, as a share of a size

Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """Crossing: a size, or a ratio of two, with its interval."""

    size: float
    low: float
    high: float


def crossing(runs: Mapping[float, Sequence[float]], alpha: float) -> Crossing | None:
    """Fit the size at which the excess crosses 0, with an interval at 1 − `alpha`.

    `runs`: size → excesses. None where too little lies near the bound, or nothing rises for sure.
    """
    near = {size: own for size, own in runs.items() if abs(float(np.median(own))) <= REACH}
    count = sum(len(own) for own in near.values())
    if len(near) < LEAST_SIZES or count < LEAST_RUNS:
        return None
    x = np.repeat([log(size) for size in near], [len(own) for own in near.values()])
    y = np.array([excess for own in near.values() for excess in own], dtype=np.float64)
    return _fieller(x, y.clip(-FARTHEST, FARTHEST), float(stdtrit(count - 2, 1 - alpha / 2)))


def ratio(base: Crossing, head: Crossing) -> Crossing:
    """Ratio of head's size to base's, its interval by the method of variance estimates recovery.

    G. Y. Zou and A. Donner (2008), on logs.
    """
    center = log(head.size / base.size)
    below = hypot(log(head.size / head.low), log(base.high / base.size), BENT)
    above = hypot(log(head.high / head.size), log(base.size / base.low), BENT)
    return Crossing(size=exp(center), low=exp(center - below), high=exp(center + above))


def _fieller(x: Floats, y: Floats, t: float) -> Crossing | None:
    n, middle, height = len(x), float(x.mean()), float(y.mean())
    spread = float(((x - middle) ** 2).sum())
    slope = float(((x - middle) * (y - height)).sum()) / spread
    variance = float(((y - height - slope * (x - middle)) ** 2).sum()) / (n - 2)
    g = (WIDER * t / slope) ** 2 * variance / spread if slope > 0 else 1.0
    if g >= 1:
        return None
    size, shift = middle - height / slope, height / slope
    center = middle - shift / (1 - g)
    error = sqrt(variance * ((1 - g) / n + shift**2 / spread))
    reach = WIDER * t / slope / (1 - g) * error
    if max(abs(size), abs(center) + reach) > OPEN:
        return None
    return Crossing(size=exp(size), low=exp(center - reach), high=exp(center + reach))
