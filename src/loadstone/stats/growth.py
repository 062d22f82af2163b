"""Growth inside a run: does memory, or a queue, rise with time, and more so than before?

Each run's series becomes one number, the median of the slopes between all its pairs of points
(Theil 1950; Sen 1968), which a jump or a few outliers move little. The points of a run are far from
independent, so their own scatter says nothing about how sure that slope is: the runs do. Slopes may
be zero or negative, so they are compared by differences in units per second, never by ratios.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loadstone.model import CasePlan, Direction, Metric, Run, Scalar, Side, Verdict, Warn
from loadstone.stats.means import FEWEST, Mean, mean
from loadstone.stats.multiplicity import cutoff

POINTS = 8  # fewer say nothing about growth
_MOST = 300  # points that a slope is fitted to
_SUFFIXES = ("_slope", ".slope")

Series = Sequence[Sequence[float]]


@dataclass(frozen=True, kw_only=True)
class Growth:
    """Base against head for one series of one case, in the metric's unit (per second).

    `difference`: head − base, over the rounds that have both. `growing`: by side, whether the slope
    is surely above 0 and at least the metric's minimum; None where that is not known.
    """

    case: str
    metric: Metric
    series: str
    verdict: Verdict
    base: Mean | None = None
    head: Mean | None = None
    difference: Mean | None = None
    growing: Mapping[str, bool | None]
    threshold: float | None = None  # what the difference's p was held against
    warnings: Sequence[Warn] = ()


def slope(points: Series) -> float | None:
    """The Theil-Sen slope of [s, value] points, per second; None with under `POINTS` of them.

    Points that are not finite are passed over; of many, evenly spaced ones are used.
    """
    table = np.array([point[:2] for point in points if len(point) >= 2], dtype=float)
    if table.size:
        table = table[np.isfinite(table).all(axis=1)]
    if len(table) < POINTS:
        return None
    if len(table) > _MOST:
        table = table[np.linspace(0, len(table) - 1, _MOST).round().astype(int)]
    one, other = np.triu_indices(len(table), 1)
    seconds = table[other, 0] - table[one, 0]
    apart = seconds != 0
    if not apart.any():
        return None
    found = (table[other, 1] - table[one, 1])[apart] / seconds[apart]
    return float(np.median(found))


def trends(plan: CasePlan) -> dict[str, Metric]:
    """The series of a case that have a slope among its metrics, each with that metric."""
    found = {}
    for metric in plan.metrics:
        source = plan.sources.get(metric.name)
        for suffix in _SUFFIXES:
            if source and not source.per and source.quantity.endswith(suffix):
                found[source.quantity.removesuffix(suffix)] = metric
    return found


def growths(
    runs: Iterable[Run],
    plans: Sequence[CasePlan],
    *,
    alpha: float = 0.05,
    watched: Mapping[str, Metric] | None = None,
) -> list[Growth]:
    """The growth of every watched series in every case, held to `alpha` together.

    `watched`: series → the metric that says its unit (per second), direction and minimum; without
    it, the series of the plans' own slopes.
    """
    valid = [run for run in runs if run.valid]
    rows = [
        _compared(plan.case.name, series, metric, valid)
        for plan in plans
        for series, metric in (watched or trends(plan)).items()
    ]
    tests = [r.difference.p if r.difference else np.nan for r in rows]
    held = cutoff(np.array(tests, dtype=float), alpha)
    return [_decided(row, held) for row in rows]


@dataclass(frozen=True, kw_only=True)
class _Row:
    case: str
    series: str
    metric: Metric
    runs: int  # with a slope, of both sides
    base: Mean | None
    head: Mean | None
    difference: Mean | None
    warnings: Sequence[Warn]


def _compared(case: str, series: str, metric: Metric, runs: Sequence[Run]) -> _Row:
    slopes: dict[Side, dict[int, list[float]]] = {side: {} for side in Side}
    short = 0
    for run in runs:
        if run.case != case or series not in run.series:
            continue
        found = slope(run.series[series])
        if found is None:
            short += 1
        else:
            slopes[run.side].setdefault(run.round, []).append(found)
    base, head = ({r: sum(sorted(v)) / len(v) for r, v in slopes[side].items()} for side in Side)
    both = sorted(base.keys() & head.keys())
    warnings = [_warn("few-points", runs=short, needed=POINTS)] if short else []
    if len(both) < FEWEST:
        warnings.append(_warn("few-runs", runs=len(both), needed=FEWEST))
    return _Row(
        case=case,
        series=series,
        metric=metric,
        runs=len(base) + len(head),
        base=mean(base[round_] for round_ in sorted(base)),
        head=mean(head[round_] for round_ in sorted(head)),
        difference=mean(head[round_] - base[round_] for round_ in both),
        warnings=warnings,
    )


def _decided(row: _Row, held: float) -> Growth:
    growing = {"base": _growing(row.base, row.metric), "head": _growing(row.head, row.metric)}
    warnings = list(row.warnings)
    if growing["head"] and row.head:
        data: dict[str, Scalar] = {"slope": row.head.estimate, "low": row.head.low}
        warnings.append(Warn(code="growing", data={**data, "base": bool(growing["base"])}))
    return Growth(
        case=row.case,
        metric=row.metric,
        series=row.series,
        verdict=_verdict(row, held),
        base=row.base,
        head=row.head,
        difference=row.difference,
        growing=growing,
        threshold=held if row.difference else None,
        warnings=warnings,
    )


def _growing(side: Mean | None, metric: Metric) -> bool | None:
    if side is None:
        return None
    return side.low > 0 and side.estimate >= metric.minimum


def _verdict(row: _Row, held: float) -> Verdict:
    change, metric = row.difference, row.metric
    if change is None:
        return Verdict.INCONCLUSIVE if row.runs else Verdict.INVALID
    big = abs(change.estimate) >= metric.minimum and change.estimate != 0
    if change.p <= held and big and metric.direction is not Direction.NONE:
        worse = (change.estimate > 0) == (metric.direction is Direction.LOWER)
        return Verdict.REGRESSION if worse else Verdict.IMPROVEMENT
    inside = -metric.minimum < change.low90 and change.high90 < metric.minimum
    same = change.low90 == change.high90 == 0
    return Verdict.UNCHANGED if inside or same else Verdict.INCONCLUSIVE


def _warn(code: str, **data: Scalar) -> Warn:
    return Warn(code=code, data=data)
