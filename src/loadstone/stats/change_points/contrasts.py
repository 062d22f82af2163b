"""Segment contrasts of a series: CUSUM statistics of a split in two, or of a middle.

The statistic is the difference of means by its standard error, up to a factor of the stretch.
"""

from __future__ import annotations

from math import sqrt

import numpy as np

from loadstone.stats.common.samples import Floats

LEAST = 3  # points of a part


def best(values: Floats) -> int:
    """Place of the split with the largest statistic."""
    return int(np.argmax(statistics(values[None, :])[0])) + LEAST


def bumps(orders: Floats) -> Floats:
    """Largest statistic, per order, of a middle against both its ends, each of three points."""
    n = orders.shape[1]
    total = np.cumsum(orders - orders.mean(axis=1, keepdims=True), axis=1, dtype=np.float32)
    found = np.zeros(len(orders), dtype=np.float32)
    for size in range(LEAST, n - 2 * LEAST + 1):
        inside = total[:, LEAST + size - 1 : n - LEAST] - total[:, LEAST - 1 : n - LEAST - size]
        weight = (n / (size * (n - size))) ** 0.5
        np.maximum(found, np.abs(inside).max(axis=1) * weight, out=found)
    return np.asarray(found, dtype=float)


def edge(values: Floats) -> int:
    """Place of the larger of the two steps at the ends of the best middle."""
    n = values.size
    total = np.concatenate([[0.0], np.cumsum(values - values.mean())])

    def differs(ends: tuple[int, int]) -> float:
        size = ends[1] - ends[0]
        return abs(float(total[ends[1]] - total[ends[0]])) * sqrt(n / (size * (n - size)))

    starts = range(LEAST, n - 2 * LEAST + 1)
    middles = [(one, other) for one in starts for other in range(one + LEAST, n - LEAST + 1)]
    start, end = max(middles, key=differs)
    inside = float(values[start:end].mean())
    steps = {start: values[:start], end: values[end:]}
    return max(steps, key=lambda place: abs(inside - float(steps[place].mean())))


def statistics(values: Floats) -> Floats:
    """CUSUM statistics, orders × splits: |difference of means| by its error, up to a factor."""
    n = values.shape[1]
    before = np.arange(1, n)[LEAST - 1 : n - LEAST]
    total = np.cumsum(values - values.mean(axis=1, keepdims=True), axis=1)
    return np.asarray(np.abs(total[:, before - 1]) * np.sqrt(n / (before * (n - before))))
