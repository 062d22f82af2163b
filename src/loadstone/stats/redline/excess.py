"""Excess of a run over its objectives, as a log-ratio."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import inf, isnan, log

from loadstone.model import Objective


def excess(values: Mapping[str, float], objectives: Sequence[Objective]) -> float:
    """Log-ratio of a run's values to its worst objective; ≤ 0 meets all.

    A bound of 0 is met exactly or missed wholly; a value that is missing is a miss.
    """
    return max((of_objective(values.get(each.metric), each) for each in objectives), default=-inf)


def of_objective(value: float | None, objective: Objective) -> float:
    """Log-ratio of a value to one objective; ≤ 0 meets it."""
    if value is None or isnan(value):
        return inf
    found = -inf
    for bound, sign in ((objective.at_most, 1), (objective.at_least, -1)):
        if bound is None:
            continue
        if bound <= 0 or value <= 0:
            found = max(found, -inf if sign * (value - bound) <= 0 else inf)
        else:
            found = max(found, sign * log(value / bound))
    return found
