"""Growth of counters from page to page, as Prometheus counts it. Pure.

Each label set is counted by itself, and only then are they added up: in a sum, one that begins anew
is hidden by another that grows, and one that is gone looks like one that began anew.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadstone.measure.probes.metrics_page import Labels


@dataclass(frozen=True, kw_only=True)
class CounterGrowth:
    """The growth of an alias's counters: [s, growth since the first page], and their resets."""

    points: Sequence[tuple[float, float]]
    resets: int = 0


def growth(history: Sequence[tuple[float, Mapping[Labels, float]]]) -> CounterGrowth:
    """The growth of the counters in `history`: [s, label set → value] of each page, in order.

    A value below the one before it has begun anew at 0. A label set that is not on the first page
    has grown from 0: Prometheus clients often show one only once it counts something. Values that
    are no numbers are passed over.
    """
    last: dict[Labels, float] = {}
    total, resets = 0.0, 0
    points: list[tuple[float, float]] = []
    for place, (moment, values) in enumerate(history):
        numbers = {labels: value for labels, value in values.items() if math.isfinite(value)}
        for labels, value in numbers.items():
            before = last.get(labels, value if place == 0 else 0.0)
            if math.isnan(before):  # it was there, and no number
                before = value
            resets += value < before
            total += value - before if value >= before else value
        last |= {labels: math.nan for labels in values if labels not in last} | numbers
        if numbers:
            points.append((moment, total))
    return CounterGrowth(points=points, resets=resets)
