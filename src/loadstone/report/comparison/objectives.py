"""Objectives as rows of a report: the bound, how each side stands to it."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model import Metric, Objective, ObjectiveResult, Side
from loadstone.report.common import units, words
from loadstone.report.common.metrics import title
from loadstone.report.common.names import ShortNames
from loadstone.report.common.plain import plain
from loadstone.report.common.sentences import sentence
from loadstone.report.comparison.view import ObjectiveRow


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
        why="; ".join(map(sentence, result.reasons)),
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
