"""Quantities that a run measures: base unit, the step that gives them, and their words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# What has to be there for a quantity to be measured: a step, or nothing in particular.
ALWAYS = ""


@dataclass(frozen=True, kw_only=True)
class MeasuredQuantity:
    """A quantity that a run measures, as a file of `scenarios/` may name it."""

    unit: str  # the base unit
    step: str  # the kind of step that gives it; "": every run
    about: str  # in words


def group(
    prefix: str, step: str, rows: Mapping[str, tuple[str, str]]
) -> dict[str, MeasuredQuantity]:
    """Quantities that share a prefix, from name → (unit, words)."""
    return {
        f"{prefix}.{name}": MeasuredQuantity(unit=unit, step=step, about=about)
        for name, (unit, about) in rows.items()
    }


def quantiles(prefix: str, step: str, about: str, names: str) -> dict[str, MeasuredQuantity]:
    """The percentiles, mean and largest of a histogram, in seconds."""
    return group(prefix, step, {name: ("s", f"{about}, {name}") for name in names.split()})
