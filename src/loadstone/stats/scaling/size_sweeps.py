"""Sweeps: cases that are sizes of one thing, and the scaling exponent of each round of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from loadstone.model import CasePlan, Metric, Scalar
from loadstone.stats.common.samples import Floats

SIZES = 3  # of two, any curve is a power law


@dataclass(frozen=True, kw_only=True)
class SizeSweep:
    """The cases of one scenario that differ in one numeric axis, by rising size."""

    scenario: str
    axis: str
    fixed: Mapping[str, Scalar]  # the other axes
    sizes: tuple[float, ...]
    cases: tuple[str, ...]  # by size
    metrics: tuple[Metric, ...]  # that all of them have


def sweeps(plans: Sequence[CasePlan]) -> list[SizeSweep]:
    """Find every group of at least `SIZES` cases that differ in one positive numeric axis only."""
    found: dict[tuple[str, str, tuple[tuple[str, Scalar], ...]], dict[float, CasePlan]] = {}
    for plan in plans:
        for axis, value in plan.case.axes.items():
            if isinstance(value, bool | str) or not (isfinite(value) and value > 0):
                continue
            others = tuple(sorted((k, v) for k, v in plan.case.axes.items() if k != axis))
            found.setdefault((plan.case.scenario, axis, others), {})[float(value)] = plan
    return [
        _sweep(scenario, axis, dict(others), by_size)
        for (scenario, axis, others), by_size in found.items()
        if len(by_size) >= SIZES
    ]


def _sweep(
    scenario: str, axis: str, fixed: Mapping[str, Scalar], by_size: Mapping[float, CasePlan]
) -> SizeSweep:
    sizes = tuple(sorted(by_size))
    named = [{metric.name: metric for metric in by_size[size].metrics} for size in sizes]
    shared = [name for name in named[-1] if all(name in each for each in named)]
    return SizeSweep(
        scenario=scenario,
        axis=axis,
        fixed=fixed,
        sizes=sizes,
        cases=tuple(by_size[size].case.name for size in sizes),
        metrics=tuple(named[-1][name] for name in shared),
    )


def logarithms(values: Floats) -> Floats:
    """Natural logarithms; NaN where a value has none."""
    usable = np.isfinite(values) & (values > 0)
    return np.asarray(np.log(np.where(usable, values, np.nan)))


def exponents(sizes: Floats, values: Floats) -> Floats:
    """Scaling exponents by round: least-squares slopes of log value on log size.

    `values`: sizes × rounds. NaN where a size is missing, or not positive.
    """
    x = np.log(sizes) - np.log(sizes).mean()
    return np.asarray(x @ logarithms(values) / (x @ x))


def centers(sizes: Floats, values: Floats) -> tuple[float, float | None]:
    """Centroid of a sweep: the middle of its sizes on a log scale, and the mean cost there.

    `values`: sizes × rounds. Every power law that `exponents` fits goes through its round's point
    there. None without such a round.
    """
    heights = logarithms(values).mean(axis=0)
    known = heights[np.isfinite(heights)]
    middle = float(np.exp(np.log(sizes).mean()))
    return middle, float(np.exp(known.mean())) if known.size else None
