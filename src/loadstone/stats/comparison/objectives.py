"""Tests of objectives: absolute bounds against each side's mean with Student's interval."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from scipy.special import stdtrit

from loadstone.model import CasePlan, Metric, Objective, ObjectiveResult, Side
from loadstone.stats.common.samples import Floats, Samples


def hold(table: Samples, plans: Sequence[CasePlan]) -> list[ObjectiveResult]:
    """Test every objective of every case on both sides: met, missed, inconclusive or invalid."""
    place = {(table.cases[row], metric.name): row for row, metric in enumerate(table.metrics)}
    found = []
    for plan in plans:
        for objective in plan.objectives:
            row = place.get((plan.case.name, objective.metric))
            if row is None:
                continue
            for side, values in ((Side.BASE, table.base[row]), (Side.HEAD, table.head[row])):
                found.append(_held(plan.case.name, table.metrics[row], objective, side, values))
    return found


def _held(
    case: str, metric: Metric, objective: Objective, side: Side, values: Floats
) -> ObjectiveResult:
    finite = values[np.isfinite(values)]
    if not finite.size:
        return ObjectiveResult(
            case=case, metric=metric, objective=objective, side=side, verdict="invalid"
        )
    value, reach = float(finite.mean()), np.inf
    if finite.size >= 2:
        size = float(np.abs(finite).max()) or 1.0  # the square of a huge value is no number
        spread = size * float((finite / size).std(ddof=1)) / np.sqrt(finite.size)
        reach = float(stdtrit(finite.size - 1, 0.975)) * spread
    low, high = value - reach, value + reach
    return ObjectiveResult(
        case=case,
        metric=metric,
        objective=objective,
        side=side,
        verdict=_decided(objective, low, high),
        value=value,
        low=float(low) if np.isfinite(low) else None,
        high=float(high) if np.isfinite(high) else None,
    )


def _decided(objective: Objective, low: float, high: float) -> str:
    most, least = objective.at_most, objective.at_least
    if (most is not None and low > most) or (least is not None and high < least):
        return "missed"
    if (most is None or high <= most) and (least is None or low >= least):
        return "met"
    return "inconclusive"
