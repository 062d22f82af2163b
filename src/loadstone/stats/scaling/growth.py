"""Growth in time: Theil-Sen slopes of memory or queues inside runs, base against head.

Each run's series becomes one number, the median of the slopes between all its pairs of points
(Theil 1950; Sen 1968), which a jump or a few outliers move little. The points of a run are far from
independent, so their own scatter says nothing about how sure that slope is: the runs do. Slopes may
be zero or negative, so they are compared by differences in units per second, never by ratios.

Unasked, only cases with a window are watched, where background steps keep the work steady: where
steps last until they are done, memory grows with what was made, and the faster side grows faster.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loadstone.model import CasePlan, Direction, Growth, Metric, Note, Run, Scalar, Side, Verdict
from loadstone.model.reasons import holds
from loadstone.stats.common.means import FEWEST, Mean, estimate, mean
from loadstone.stats.common.multiplicity import cutoff

POINTS = 8  # fewer say nothing about growth
_MOST = 120  # points that a slope is fitted to: neighbours say nearly the same
_SUFFIXES = ("_slope", ".slope")

Series = Sequence[Sequence[float]]

# What is watched in every case whose work is steady: series → what a growth per second is.
WATCHED: Mapping[str, Metric] = {
    series: Metric(
        name=f"{series}.growth",
        unit=unit,
        direction=Direction.LOWER,
        margin=0.0,
        minimum=minimum,
        gated=False,
        group="resource",
        title=title,
    )
    for series, unit, minimum, title in (
        ("process.anon", "By/s", 64 * 1024.0, "memory"),
        ("process.threads", "1/s", 0.5, "threads"),
        ("process.fds", "1/s", 0.5, "open files"),
        ("scrape.goroutines", "1/s", 0.5, "goroutines"),
        ("scrape.queue_depth", "1/s", 0.5, "queue depth"),
    )
}


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
    """Trended series of a case: those that have a slope among its metrics, with that metric."""
    found = {}
    for metric in plan.metrics:
        source = plan.sources.get(metric.name)
        for suffix in _SUFFIXES:
            if source and not source.per and source.quantity.endswith(suffix):
                found[source.quantity.removesuffix(suffix)] = metric
    return found


def watched(plan: CasePlan) -> dict[str, Metric]:
    """Watched series of a case: those with a slope among its metrics, and of steady work `WATCHED`.

    Work is steady in a case with a window. Where steps last until they are done, memory grows with
    what they made, and a faster side would seem to leak.
    """
    return {**(WATCHED if plan.window else {}), **trends(plan)}


def growths(runs: Iterable[Run], plans: Sequence[CasePlan], *, alpha: float = 0.05) -> list[Growth]:
    """Growth of every watched series that some run has, held to `alpha` together."""
    valid = [run for run in runs if run.valid]
    recorded = {(run.case, series) for run in valid for series in run.series}
    rows = [
        _compared(plan.case.name, series, metric, valid)
        for plan in plans
        for series, metric in watched(plan).items()
        if (plan.case.name, series) in recorded
    ]
    tests = np.array([np.nan if r.difference is None else r.difference.p for r in rows])
    held = cutoff(tests, alpha)
    numbers = {"level": alpha, "tests": int(np.isfinite(tests).sum())}
    return [_decided(row, held, numbers) for row in rows]


@dataclass(frozen=True, kw_only=True)
class _GrowthSample:
    case: str
    series: str
    metric: Metric
    slopes: Mapping[Side, Mapping[int, float]]  # by round
    base: Mean | None
    head: Mean | None
    difference: Mean | None
    warnings: Sequence[Note]


def _compared(case: str, series: str, metric: Metric, runs: Sequence[Run]) -> _GrowthSample:
    found: dict[Side, dict[int, list[float]]] = {side: {} for side in Side}
    short = 0
    for run in runs:
        if run.case != case or series not in run.series or not holds(run, series, metric):
            continue
        one = slope(run.series[series])
        if one is None:
            short += 1
        else:
            found[run.side].setdefault(run.round, []).append(one)
    slopes = {
        side: {number: sum(sorted(many)) / len(many) for number, many in sorted(by.items())}
        for side, by in found.items()
    }
    base, head = slopes[Side.BASE], slopes[Side.HEAD]
    both = sorted(base.keys() & head.keys())
    warnings = [Note.of("few-points", runs=short, needed=POINTS)] if short else []
    if len(both) < FEWEST:
        warnings.append(Note.of("few-runs", runs=len(both), needed=FEWEST))
    return _GrowthSample(
        case=case,
        series=series,
        metric=metric,
        slopes=slopes,
        base=mean(base.values()),
        head=mean(head.values()),
        difference=mean(head[number] - base[number] for number in both),
        warnings=warnings,
    )


def _decided(row: _GrowthSample, held: float, numbers: Mapping[str, float]) -> Growth:
    growing = {"base": _growing(row.base, row.metric), "head": _growing(row.head, row.metric)}
    warnings = list(row.warnings)
    if growing["head"] and row.head:
        data: dict[str, Scalar] = {"slope": row.head.estimate, "low": row.head.low}
        warnings.append(Note(code="growing", data={**data, "base": bool(growing["base"])}))
    rounds = sorted({number for by in row.slopes.values() for number in by})
    sides = {side.value: [by.get(number) for number in rounds] for side, by in row.slopes.items()}
    return Growth(
        case=row.case,
        metric=row.metric,
        series=row.series,
        verdict=_verdict(row, growing, held),
        base=estimate(row.base),
        head=estimate(row.head),
        difference=estimate(row.difference),
        growing=growing,
        p=row.difference.p if row.difference else None,
        threshold=held if row.difference else None,
        warnings=warnings,
        explain={"rounds": rounds, **sides, **numbers},
    )


def _growing(side: Mean | None, metric: Metric) -> bool | None:
    if side is None:
        return None
    return side.low > 0 and side.estimate >= metric.minimum


def _verdict(row: _GrowthSample, growing: Mapping[str, bool | None], held: float) -> Verdict:
    """Worse is what grows and grew less before: to shrink less quickly is no leak."""
    change, metric = row.difference, row.metric
    if change is None:
        return Verdict.INCONCLUSIVE if any(row.slopes.values()) else Verdict.INVALID
    big = abs(change.estimate) >= metric.minimum and change.estimate != 0
    faster = growing["head"] if change.estimate > 0 else growing["base"]
    if change.p <= held and big and faster and metric.direction is not Direction.NONE:
        worse = (change.estimate > 0) == (metric.direction is Direction.LOWER)
        return Verdict.REGRESSION if worse else Verdict.IMPROVEMENT
    inside = -metric.minimum < change.low90 and change.high90 < metric.minimum
    same = change.low90 == change.high90 == 0
    return Verdict.UNCHANGED if inside or same else Verdict.INCONCLUSIVE
