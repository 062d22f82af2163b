"""Growth of counters from page to page, as Prometheus counts it. Pure.

Each label set is counted by itself, and only then are they added up: in a sum, one that begins anew
is hidden by another that grows, and one that is gone looks like one that began anew.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

Series = TypeVar("Series", bound=Hashable)
Key = TypeVar("Key", bound=Hashable)


@dataclass(frozen=True, kw_only=True)
class CounterGrowth:
    """The growth of an alias's counters: [s, growth since the first page], and their resets."""

    points: Sequence[tuple[float, float]]
    resets: int = 0

    @property
    def total(self) -> float | None:
        """The growth over all pages; None where no page had a number."""
        return self.points[-1][1] if self.points else None


def growth(history: Sequence[tuple[float, Mapping[Series, float]]]) -> CounterGrowth:
    """The growth of the counters in `history`: [s, label set → value] of each page, in order.

    A value below the one before it has begun anew at 0. A label set that is not on the first page
    has grown from 0: Prometheus clients often show one only once it counts something. Values that
    are no numbers are passed over.
    """
    total, resets = 0.0, 0
    points: list[tuple[float, float]] = []
    for (moment, _), steps in zip(history, _steps(history), strict=True):
        for _series, grown, anew in steps:
            total += grown
            resets += anew
        if steps:
            points.append((moment, total))
    return CounterGrowth(points=points, resets=resets)


def growth_by(
    history: Sequence[tuple[float, Mapping[Series, float]]], key: Callable[[Series], Key]
) -> dict[Key, float]:
    """The growth over all pages of counters that have the same key, added up."""
    found: dict[Key, float] = {}
    for steps in _steps(history):
        for series, grown, _ in steps:
            found[key(series)] = found.get(key(series), 0.0) + grown
    return found


def _steps(
    history: Sequence[tuple[float, Mapping[Series, float]]],
) -> Iterator[list[tuple[Series, float, bool]]]:
    """Of each page, by how much each series has grown, and whether it has begun anew."""
    last: dict[Series, float] = {}
    for place, (_, values) in enumerate(history):
        steps = []
        for series, value in values.items():
            if not math.isfinite(value):
                last.setdefault(series, math.nan)
                continue
            before = last.get(series, value if place == 0 else 0.0)
            if math.isnan(before):  # it was there, and no number
                before = value
            anew = value < before
            steps.append((series, value if anew else value - before, anew))
            last[series] = value
        yield steps
