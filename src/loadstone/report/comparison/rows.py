"""Comparisons and objectives as rows of a report, in the order in which a reader needs them."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from loadstone.model import Comparison, Metric, Objective, ObjectiveResult, Side, Verdict
from loadstone.model.reasons import FAILED_RUNS
from loadstone.report.common import bounds, units, words
from loadstone.report.common.names import ShortNames
from loadstone.report.common.plain import plain
from loadstone.report.comparison import detectable, notes
from loadstone.report.comparison.view import Group, ObjectiveRow, ReportRow, UnchangedRows

NOTHING: Mapping[str, Sequence[str]] = {}
_SEVERITY = {Verdict.REGRESSION: 0, Verdict.IMPROVEMENT: 1}


def row(
    comparison: Comparison, names: ShortNames, shared: Mapping[str, Sequence[str]] = NOTHING
) -> ReportRow:
    """One comparison, worded. `shared`: case → sentences that are true of all its rows."""
    comparison = bounds.within(comparison)
    metric = comparison.metric
    own, common = notes.split(comparison, shared)
    base, head = _values(comparison)
    return ReportRow(
        case=plain(comparison.case),
        short=names.short(comparison.case),
        metric=plain(metric.name),
        title=title(metric),
        tone=words.TONES[comparison.verdict],
        verdict=comparison.verdict,
        says=words.verdict(comparison),
        base=base,
        head=head,
        change=_change(comparison),
        difference=units.difference(metric.unit, comparison.difference),
        sees=detectable.seen([comparison]),
        margin=margin(metric),
        better=words.BETTER[metric.direction],
        gated=metric.gated,
        pairs=comparison.n,
        notes=(*own, *_out_of_reach(comparison)),
        case_notes=common,
        comparison=comparison,
    )


def _out_of_reach(comparison: Comparison) -> Sequence[str]:
    """Why a gated row without a finding could hardly have had one."""
    if not detectable.quiet([comparison]) or not detectable.unreachable(comparison):
        return ()
    least = units.exact(comparison.metric.unit, comparison.metric.minimum)
    return (f"its minimum of {least} is more than all of it: no fall can gate, only a larger rise",)


def _values(comparison: Comparison) -> Sequence[str]:
    """What both sides measured, at one scale."""
    sides = (comparison.base, comparison.head)
    if comparison.metric.name == FAILED_RUNS:
        return [f"{side.center:,.0f} of {side.n:,}" if side else units.UNKNOWN for side in sides]
    known = [side.center if side else None for side in sides]
    return units.quantities(comparison.metric.unit, known)


def failed_runs(item: ReportRow) -> bool:
    """Whether the row counts the runs that failed."""
    return item.comparison.metric.name == FAILED_RUNS


def title(metric: Metric) -> str:
    """The metric as people call it."""
    return plain(metric.title) or plain(metric.name)


def margin(metric: Metric) -> str:
    """The change that is big enough to care about: `5 %`, `5 % and 1 ms`."""
    relative, size = units.percent(metric.margin), units.exact(metric.unit, metric.minimum)
    if not metric.minimum:
        return relative
    return f"{relative} and {size}" if metric.margin else size


def ranked(rows: Sequence[ReportRow]) -> tuple[ReportRow, ...]:
    """Regressions before improvements, gated before reported, the metric that changed most first.

    Rows of one metric stay together: over all cases first, then case by case, strongest first.
    """
    most: dict[tuple[Verdict, str], float] = {}
    for item in rows:
        key = (item.verdict, item.metric)
        most[key] = max(most.get(key, 0.0), strength(item.comparison))

    def rank(item: ReportRow) -> tuple[int, bool, float, str, bool, float]:
        severity = _SEVERITY.get(item.verdict, 2)
        together = -most[item.verdict, item.metric]
        strongest = -strength(item.comparison)
        return severity, not item.gated, together, item.metric, bool(item.case), strongest

    return tuple(sorted(rows, key=rank))


def grouped(rows: Sequence[ReportRow]) -> tuple[Group, ...]:
    """Ranked rows by verdict and metric, each group in the order of its first row."""
    groups: dict[tuple[Verdict, str], list[ReportRow]] = {}
    for item in rows:
        groups.setdefault((item.verdict, item.metric), []).append(item)
    return tuple(
        Group(title=group[0].title, better=group[0].better, margin=group[0].margin, rows=group)
        for group in groups.values()
    )


def steady(rows: Sequence[ReportRow]) -> tuple[UnchangedRows, ...]:
    """Unchanged rows summed up by metric, in the order of the rows."""
    by_metric: dict[str, list[ReportRow]] = {}
    for item in rows:
        by_metric.setdefault(item.metric, []).append(item)
    return tuple(_steady(group) for group in by_metric.values())


def _steady(group: Sequence[ReportRow]) -> UnchangedRows:
    estimates = [item.comparison.change.estimate for item in group if item.comparison.change]
    nothing = all(detectable.nothing(item.comparison) for item in group)
    low, high = min(estimates, default=0.0), max(estimates, default=0.0)
    return UnchangedRows(
        title=group[0].title,
        cases=units.count(len(group), "case"),
        span=detectable.NONE_IN_BOTH if nothing else units.span(low, high),
        margin=" or ".join(dict.fromkeys(item.margin for item in group)),
        sees=detectable.seen(item.comparison for item in group),
    )


def strength(comparison: Comparison) -> float:
    """The size of a change on the log scale, in margins: 2 is twice what is worth caring about."""
    if comparison.change is None or comparison.change.estimate <= -1:
        return math.inf if comparison.change else abs(comparison.difference or 0.0)
    return abs(math.log1p(comparison.change.estimate)) / max(comparison.metric.margin, 1e-3)


def _change(comparison: Comparison) -> str:
    if detectable.nothing(comparison):
        return detectable.NONE_IN_BOTH
    if comparison.change is not None:
        return units.change(comparison.change)
    if comparison.difference is None:
        return units.UNKNOWN
    step = units.difference(comparison.metric.unit, comparison.difference)
    return f"{units.arrow(comparison.difference)} {step}"


def objective_rows(results: Sequence[ObjectiveResult], names: ShortNames) -> list[ObjectiveRow]:
    """Objectives, each with what the other side measured."""
    sides = {(item.case, item.objective, item.side): item for item in results}
    others = {Side.BASE: Side.HEAD, Side.HEAD: Side.BASE}
    return [
        _objective(item, sides.get((item.case, item.objective, others[item.side])), names)
        for item in results
    ]


def _objective(
    result: ObjectiveResult, other: ObjectiveResult | None, names: ShortNames
) -> ObjectiveRow:
    metric = result.metric
    return ObjectiveRow(
        case=plain(result.case),
        short=names.short(result.case),
        metric=plain(metric.name),
        title=title(metric),
        side=result.side.value,
        revision=names.labels[result.side],
        bound=_bound(metric, result.objective),
        value=_measured(result),
        tone=words.objective_tone(result.verdict),
        says=plain(result.verdict),
        other=_measured(other) if other else "",
        other_tone=words.objective_tone(other.verdict) if other else None,
    )


def _measured(result: ObjectiveResult) -> str:
    return units.ranged(result.metric.unit, result.value, result.low, result.high)


def _bound(metric: Metric, objective: Objective) -> str:
    bounds: Sequence[tuple[str, float | None]] = (
        ("≤", objective.at_most),
        ("≥", objective.at_least),
    )
    return " and ".join(
        f"{sign} {units.exact(metric.unit, value)}" for sign, value in bounds if value is not None
    )
