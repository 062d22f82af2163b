"""Sample size of percentiles: how many requests one needs, and how many a plan will give it."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from loadstone.model import CasePlan, Metric

_PERCENTILE = re.compile(r"^(?P<histogram>.+)\.p(?P<digits>\d{2,})$")
_AMOUNT = {
    "latency": ("load", "rate"),
    "propagation": ("change", "times"),
    "write": ("watch", "rate"),
}


def shortage(plan: CasePlan, metric: Metric) -> tuple[float, float] | None:
    """Shortage of requests, as (needed, expected) in a run, where a percentile has too few.

    The q-quantile of a run rests on the slowest 1 − q of its requests; ten of those are needed:
    `10 / (1 − q)`. None where there are enough, or where the plan does not tell.
    """
    source = plan.sources.get(metric.name)
    match = _PERCENTILE.match(source.quantity) if source else None
    if match is None:
        return None
    needed = 10 / (1 - float("0." + match["digits"]))
    expected = _expected(plan, match["histogram"])
    if expected is None or expected >= needed * 0.999:
        return None
    return round(needed), expected


def _expected(plan: CasePlan, histogram: str) -> float | None:
    if histogram not in _AMOUNT:
        return None
    step, field = _AMOUNT[histogram]
    amounts = [
        float(each[field])
        for each in _steps(plan.workload)
        if each.get("do") == step and isinstance(each.get(field), int | float)
    ]
    if not amounts or (field == "rate" and not plan.window):
        return None
    return sum(amounts) * (plan.window if field == "rate" else 1.0)


def _steps(workload: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    for each in workload.get("measured", ()):
        if isinstance(each, Mapping):
            yield each
