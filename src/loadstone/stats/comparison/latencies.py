"""Percentiles of every latency that was measured, base against head, whether or not they gate.

A reader wants them side by side. Where a metric is one of them its row has the numbers; the others
get the mean log-ratio of their paired rounds with Student's interval, and no verdict: nobody asked
for one, and one more row would cost the others their precision.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from math import expm1, isfinite, log

import numpy as np

from loadstone.model import (
    CasePlan,
    Comparison,
    Interval,
    MetricSource,
    Percentile,
    Run,
    Side,
    reasons,
)
from loadstone.model.reasons import Part
from loadstone.stats.common import means, samples

POINTS = ("p50", "p90", "p99", "p999")
_LATENCY = re.compile(rf"(?P<name>[\w.]+)\.(?:{'|'.join(POINTS)})")
_PARTS = (Part.LATENCY, Part.EFFECT)
Values = Mapping[Side, Mapping[int, float]]  # by side and round


def percentiles(
    plans: Sequence[CasePlan], runs: Sequence[Run], comparisons: Sequence[Comparison]
) -> list[Percentile]:
    """Every percentile of every latency, by case and latency; `comparisons`: the judged rows.

    A percentile that no run has is left out. Values are in seconds.
    """
    rows = {(row.case, row.metric.name): row for row in comparisons}
    by_case: dict[str, list[Run]] = {}
    for run in runs:
        by_case.setdefault(run.case, []).append(run)
    return [
        found for plan in plans for found in _of_case(plan, by_case.get(plan.case.name, ()), rows)
    ]


def _of_case(
    plan: CasePlan, runs: Sequence[Run], rows: Mapping[tuple[str, str], Comparison]
) -> Iterator[Percentile]:
    metrics = {
        source.quantity: name
        for name, source in plan.sources.items()
        if not source.per and source.times == 1.0
    }
    for latency in _latencies(runs):
        for point in POINTS:
            quantity = f"{latency}.{point}"
            row = rows.get((plan.case.name, metrics.get(quantity, "")))
            if row is not None and (row.base or row.head):
                yield _of_row(row, latency, point)
            elif values := _values(runs, quantity):
                yield _of_values(plan.case.name, latency, point, values)


def _latencies(runs: Sequence[Run]) -> list[str]:
    """Names of the latencies that some run has, in the order in which they were measured."""
    names = dict.fromkeys(name for run in runs for name in run.quantities)
    found = (match for name in names if (match := _LATENCY.fullmatch(name)))
    return list(dict.fromkeys(match["name"] for match in found if reasons.part(match[0]) in _PARTS))


def _of_row(row: Comparison, latency: str, point: str) -> Percentile:
    return Percentile(
        case=row.case,
        latency=latency,
        point=point,
        base=row.base,
        head=row.head,
        change=row.change,
        metric=row.metric.name,
        verdict=row.verdict,
    )


def _of_values(case: str, latency: str, point: str, values: Values) -> Percentile:
    base, head = (samples.summary(np.array(list(values.get(side, {}).values()))) for side in Side)
    return Percentile(
        case=case, latency=latency, point=point, base=base, head=head, change=_change(values)
    )


def _values(runs: Sequence[Run], quantity: str) -> Values:
    """What counts of a quantity that is never zero; empty where nothing does."""
    source = MetricSource(quantity=quantity)
    found: dict[Side, dict[int, float]] = {}
    for run in runs:
        value = run.quantities.get(quantity)
        spoilt = any(reasons.spoils(reason, source) for reason in run.invalid)
        if value is not None and not spoilt and isfinite(value) and value > 0:
            found.setdefault(run.side, {})[run.round] = value
    return found


def _change(values: Values) -> Interval | None:
    base, head = (values.get(side, {}) for side in Side)
    ratios = [log(head[one]) - log(base[one]) for one in sorted(base.keys() & head.keys())]
    found = means.mean(ratios, floor=samples.HISTOGRAM)
    if found is None:
        return None
    ends = (expm1(min(part, 700.0)) for part in (found.estimate, found.low, found.high))
    estimate, low, high = ends
    return Interval(estimate=estimate, low=low, high=high)
