"""Small reports to judge."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from loadstone.model import (
    Case,
    CasePlan,
    Comparison,
    Direction,
    Measurement,
    Metric,
    Objective,
    Side,
)


def metric(name: str = "p99", **fields) -> Metric:
    settings = {"unit": "s", "direction": Direction.LOWER, "margin": 0.1, **fields}
    return Metric(name=name, **settings)


def plan(*metrics: Metric, case: str = "demo", objectives: Sequence[Objective] = ()) -> CasePlan:
    return CasePlan(case=Case(scenario=case), metrics=metrics or [metric()], objectives=objectives)


def pairs(
    base: Sequence[float | None],
    head: Sequence[float | None],
    *,
    case: str = "demo",
    name: str = "p99",
) -> list[Measurement]:
    """Measurements of both sides, round by round; None was not measured."""
    sides: Mapping[Side, Sequence[float | None]] = {Side.BASE: base, Side.HEAD: head}
    return [
        Measurement(case=case, metric=name, side=side, round=number, value=value)
        for side, values in sides.items()
        for number, value in enumerate(values)
        if value is not None
    ]


def most(of: int, rate: float = 0.05) -> float:
    """The most hits that chance allows at this rate: three standard errors more than expected."""
    return rate * of + 3 * sqrt(rate * (1 - rate) * of)


def codes(row: Comparison) -> list[str]:
    return [warn.code for warn in row.warnings]
