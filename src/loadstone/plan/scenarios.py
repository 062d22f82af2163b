"""Scenario files, read and checked."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from loadstone.errors import Problem
from loadstone.formats import Scenario, units
from loadstone.formats.decode import decode
from loadstone.formats.yaml_text import Document, Path
from loadstone.plan import check_metrics, check_tiers, check_workload


def parse_scenario(text: str, filename: str) -> Scenario:
    """The scenario of a YAML text, in base units. Raises `InvalidFile` with all its problems.

    `filename` is what problems name as the place.
    """
    return decode(text, filename, Scenario, checks=_checks, prepare=_axis_values)


def _checks(scenario: Scenario, document: Document) -> Iterator[Problem]:
    yield from check_workload.problems(scenario, document)
    yield from check_metrics.problems(scenario, document)
    yield from check_tiers.problems(scenario, document)


def _axis_values(document: Document) -> Iterator[Problem]:
    """Turn the values of axes that have a unit into base units, in place."""
    for path, values, unit in _value_lists(document.data):
        for index, text in enumerate(values):
            if not isinstance(text, str):
                continue
            quantity = units.parse(text)
            if quantity is not None and quantity.unit == unit:
                values[index] = quantity.value
            else:
                what = f"`{text}` is no value in {unit}"
                hint = f"a number, or one with {', '.join(units.suffixes(unit))}"
                yield Problem(where=document.where((*path, index)), what=what, hint=hint)


def _value_lists(data: Any) -> Iterator[tuple[Path, list[Any], str]]:
    """The lists of values of every axis that has a unit: its own, and those of the tiers."""
    axes = _mapping(_mapping(data).get("axes"))
    with_unit = {name: unit for name, axis in axes.items() if (unit := _unit(axis)) is not None}
    for name, unit in with_unit.items():
        if isinstance(values := axes[name].get("values"), list):
            yield ("axes", name, "values"), values, unit
    for tier, size in _mapping(_mapping(data).get("tiers")).items():
        for name, values in _mapping(_mapping(size).get("axes")).items():
            if name in with_unit and isinstance(values, list):
                yield ("tiers", tier, "axes", name), values, with_unit[name]


def _unit(axis: Any) -> str | None:
    unit = _mapping(axis).get("unit")
    return unit if isinstance(unit, str) and unit != "1" and units.suffixes(unit) else None


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
