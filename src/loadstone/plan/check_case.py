"""Checks of bound cases: what a step's numbers may be once axes are bound."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import msgspec

from loadstone.errors import Problem
from loadstone.formats import ClusterNeeds, Scenario, Upstream
from loadstone.formats.schema_problems import shown
from loadstone.formats.steps import Limit
from loadstone.formats.yaml_text import Document, Path
from loadstone.model import Case, Scalar
from loadstone.plan.bind import bind
from loadstone.plan.check_workload import steps


def impossible(
    scenario: Scenario, matrix: Iterable[Mapping[str, Scalar]], document: Document
) -> Iterator[Problem]:
    """The problems of cases that cannot be run: one for a step's field and value."""
    said = set()
    for axes in matrix:
        for spot, problem in _of_case(scenario, axes, document):
            if spot not in said:
                said.add(spot)
                yield problem


def _of_case(
    scenario: Scenario, axes: Mapping[str, Scalar], document: Document
) -> Iterator[tuple[tuple[Path, object], Problem]]:
    case = Case(scenario=scenario.scenario, axes=axes).name
    workload = scenario.workload
    others: list[tuple[Path, ClusterNeeds | Upstream]] = [
        (("workload", "cluster"), workload.cluster),
        (("workload", "upstream"), workload.upstream),
    ]
    for path, part in [*steps(scenario), *others]:
        fields = msgspec.to_builtins(part)
        for field, value in bind(fields, axes).items():
            limit = part.limits.get(field)
            if limit is None or value is None:
                continue
            if wrong := _wrong(scenario, limit, field, value):
                in_case = f" in {case}" if str(fields[field]).startswith("${") else ""
                what = f"`{field}` is {shown(value)}{in_case}: {wrong}"
                spot = (*path, field)
                yield (spot, value), Problem(where=document.where(spot), what=what)


def _wrong(scenario: Scenario, limit: Limit, field: str, value: object) -> str:
    if isinstance(value, str) and (value.startswith("${") or _has_unit(scenario, value)):
        return ""  # an unknown axis, or no value in its unit: problems of their own
    if isinstance(value, bool) or not isinstance(value, int | float):
        return "it has to be a number"
    if limit.whole and value != int(value):
        return "it has to be a whole number"
    if value < limit.least or (limit.above and value == limit.least):
        return f"it has to be {'more than' if limit.above else 'at least'} {limit.least:g}"
    served = scenario.workload.upstream.bodies
    if field == "body" and value not in served:
        return f"the upstream serves {', '.join(map(str, served))}"
    return ""


def _has_unit(scenario: Scenario, value: str) -> bool:
    return any(axis.unit != "1" and value in axis.values for axis in scenario.axes.values())
