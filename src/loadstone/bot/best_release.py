"""The best of some earlier releases: the one whose gated metrics were best, all together."""

from __future__ import annotations

from collections.abc import Mapping
from math import log
from statistics import fmean, median

from loadstone.model import Direction, Record, Side

Row = tuple[str, str]  # case and metric


def best(records: Mapping[str, Record]) -> str:
    """The tag of the best record; "" for none. `records`: by tag, the newest first.

    Of each release it takes the median over head's runs of each gated metric that all of them have,
    and of their logarithms the mean, with the sign that makes less better. Of two that are as good,
    the newer one. Whether the head is worse is not decided here, but against the one that is found.
    """
    values = {tag: _values(record) for tag, record in records.items()}
    if not values:
        return ""
    common = set.intersection(*(set(each) for each in values.values()))
    costs = {
        tag: fmean(each[row] for row in common) if common else 0.0 for tag, each in values.items()
    }
    return min(costs, key=lambda tag: costs[tag])


def _values(record: Record) -> dict[Row, float]:
    gated = {
        (plan.case.name, metric.name): -1.0 if metric.direction is Direction.HIGHER else 1.0
        for plan in record.plan.cases
        for metric in plan.metrics
        if metric.gated
    }
    found: dict[Row, list[float]] = {}
    for run in record.runs:
        if run.side is Side.HEAD and run.valid:
            for name, value in run.values.items():
                found.setdefault((run.case, name), []).append(value)
    middles = {row: median(found[row]) for row in gated if row in found}
    return {row: gated[row] * log(value) for row, value in middles.items() if value > 0}
