"""Tests of objectives: absolute bounds against each side's mean with Student's interval.

A bound is of a program that is alone with the machine, so in a mixed case it is held against the
solo rounds. Before there are any, nothing is known of it, and nothing is said to be met.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import stdtrit

from loadstone.model import CasePlan, Design, Metric, Note, Objective, ObjectiveResult, Side
from loadstone.stats.common.samples import Floats, Samples


def hold(
    table: Samples, plans: Sequence[CasePlan], pairs: Samples | None = None
) -> list[ObjectiveResult]:
    """Test every objective of every case on both sides: met, missed, inconclusive or invalid.

    `table`: of solo rounds. `pairs`: what was measured in the design of each case; where a mixed
    case has that alone, its objectives are inconclusive.
    """
    place = {(table.cases[row], metric.name): row for row, metric in enumerate(table.metrics)}
    found = []
    for plan in plans:
        for objective in plan.objectives:
            row = place.get((plan.case.name, objective.metric))
            if row is None:
                continue
            for side, values in ((Side.BASE, table.base[row]), (Side.HEAD, table.head[row])):
                held = _held(plan.case.name, table.metrics[row], objective, side, values)
                waits = pairs is not None and plan.design is Design.MIXED and _known(pairs, row)
                found.append(_waiting(held) if waits and held.value is None else held)
    return found


def _known(table: Samples, row: int) -> bool:
    return bool(np.isfinite(table.base[row]).any() or np.isfinite(table.head[row]).any())


def _waiting(held: ObjectiveResult) -> ObjectiveResult:
    return replace(held, verdict="inconclusive", reasons=[Note.of("no-solo-rounds")])


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
