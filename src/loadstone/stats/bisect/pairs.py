"""Pairs of a commit and the good end: by how much each says that the commit is worse.

A pair gives `r = 2 (h − b) / (|h| + |b|)`, negated where more is better: 0 where they are equal,
within ±2 whatever happened, so that one run that collapsed is not all variance, and defined where a
count is 0. For values above 0 it is `2 tanh(d / 2)` of the log-ratio d, which it is close to.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import inf, isfinite

from loadstone.model import Direction, Metric, Run, Side


def worse(runs: Iterable[Run], case: str, metric: Metric) -> list[float]:
    """The relative difference of each round in which both sides count, in the order of rounds."""
    sides: dict[Side, dict[int, float]] = {side: {} for side in Side}
    for run in runs:
        value = run.values.get(metric.name)
        if run.case == case and run.valid and value is not None and isfinite(value):
            sides[run.side][run.round] = value
    base, head = sides[Side.BASE], sides[Side.HEAD]
    sign = -1.0 if metric.direction is Direction.HIGHER else 1.0
    return [sign * relative(base[number], head[number]) for number in sorted(base.keys() & head)]


def relative(base: float, head: float) -> float:
    """The relative difference of two values, −2 … 2; 0 where both are 0."""
    size = abs(head) + abs(base)
    return 2 * (head - base) / size if size else 0.0


def of_change(change: float) -> float:
    """The relative difference of a relative change of head on base (0.1 is 10 % more)."""
    return 2 * change / (2 + change)


def as_change(difference: float) -> float:
    """The relative change of head on base of a relative difference; infinite at 2."""
    return 2 * difference / (2 - difference) if difference < 2 else inf
