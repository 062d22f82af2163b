"""Durations as a step tells them: percentiles, and a histogram. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np

from loadstone.measure.expectations.board import PendingCopy
from loadstone.measure.load.histogram import Counts
from loadstone.measure.steps.outcome import Outcome

_QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}


def durations(name: str, seconds: Sequence[float]) -> Outcome:
    """`name.p50`, p90, p99 and max (s), and the histogram; nothing of no values.

    Percentiles are values that occurred (inverse of the empirical distribution).
    """
    if not seconds:
        return Outcome()
    found = np.quantile(seconds, list(_QUANTILES.values()), method="inverted_cdf")
    counts = Counts()
    for each in seconds:
        counts.add(each)
    return Outcome(
        quantities={f"{name}.{q}": float(at) for q, at in zip(_QUANTILES, found, strict=True)},
        histograms={name: counts.encode()},
    )


def of_stages(name: str, stages: Sequence[Mapping[str, float]]) -> Outcome:
    """`name.<expectation>.*` for each expectation, of as many copies as it was seen in."""
    by_stage: defaultdict[str, list[float]] = defaultdict(list)
    for each in stages:
        for stage, seconds in each.items():
            by_stage[stage].append(seconds)
    found = Outcome()
    for stage, all_seconds in by_stage.items():
        found += durations(f"{name}.{stage}", all_seconds)
    return found


def since(copy: PendingCopy, moment: float) -> dict[str, float]:
    """Seconds after a moment until each expectation of a copy first held; before it counts as 0."""
    return {name: max(0.0, first - moment) for name, first in copy.firsts().items()}
