"""Bounds of a change: what cannot be negative cannot fall by more than all of it."""

from __future__ import annotations

from dataclasses import replace

from loadstone.model import Comparison

_ALL = -1.0  # as a relative change


def within(comparison: Comparison) -> Comparison:
    """The row with an interval that a quantity which is never negative can have.

    A row that is judged by differences has its change as a share of the base, whose own noise
    then spills over: a fall to exactly zero is one by 100 %, whatever the base was.
    """
    change, base, head = comparison.change, comparison.base, comparison.head
    if change is None or base is None or head is None or min(base.low, head.low) < 0:
        return comparison
    if head.low == head.high == 0 < base.low:
        gone = replace(change, estimate=_ALL, low=_ALL, high=_ALL)
        return replace(comparison, change=gone)
    parts = (change.estimate, change.low, change.high)
    if min(parts) >= _ALL:
        return comparison
    estimate, low, high = (max(part, _ALL) for part in parts)
    return replace(comparison, change=replace(change, estimate=estimate, low=low, high=high))
