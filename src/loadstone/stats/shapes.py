"""Cost against size: the exponent of each side, whether it changed, and whether cost is linear.

The cases of one scenario that differ in one numeric axis are a series of sizes. In each round that
measured all of them on a side, least squares of log cost on log size give one exponent (cost grows
like size to that power). A round is one observation: its cases share the machine of that hour, so
what scatters is the exponent from round to round. Head minus base within a round cancels what both
sides share.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite

import numpy as np

from loadstone.model import CasePlan, Direction, Measurement, Metric, Scalar, Side, Verdict, Warn
from loadstone.stats.linearity import Linearity, linearity
from loadstone.stats.means import FEWEST, Mean, mean
from loadstone.stats.multiplicity import cutoff
from loadstone.stats.samples import Floats, Samples, collect

SIZES = 3  # of two, any curve is a power law
FLOOR = 0.002  # standard deviation of a round's exponent that is believed at least
MARGIN = 0.05  # a smaller change of an exponent is none


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Cases of one scenario that differ in one numeric axis, by rising size."""

    scenario: str
    axis: str
    fixed: Mapping[str, Scalar]
    sizes: tuple[float, ...]
    cases: tuple[str, ...]
    metrics: tuple[Metric, ...]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """One metric over a sweep. `base`, `head`: exponents; `difference`: head − base of them.

    `superlinear`: by side, whether the exponent is surely above 1. `linear_base`, `linear_head`:
    whether cost is a straight line in size (see `linearity`).
    """

    sweep: Sweep
    metric: Metric
    verdict: Verdict
    base: Mean | None = None
    head: Mean | None = None
    difference: Mean | None = None
    superlinear: Mapping[str, bool | None]
    linear_base: Linearity | None = None
    linear_head: Linearity | None = None
    threshold: float | None = None
    warnings: Sequence[Warn] = ()


def sweeps(plans: Sequence[CasePlan]) -> list[Sweep]:
    """Every group of at least `SIZES` cases that differ in one positive numeric axis only."""
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
) -> Sweep:
    sizes = tuple(sorted(by_size))
    named = [{metric.name: metric for metric in by_size[size].metrics} for size in sizes]
    shared = [name for name in named[-1] if all(name in each for each in named)]
    return Sweep(
        scenario=scenario,
        axis=axis,
        fixed=fixed,
        sizes=sizes,
        cases=tuple(by_size[size].case.name for size in sizes),
        metrics=tuple(named[-1][name] for name in shared),
    )


@np.errstate(all="ignore")
def shapes(
    measured: Sequence[Measurement], plans: Sequence[CasePlan], *, alpha: float = 0.05
) -> list[Shape]:
    """The shape of every metric over every sweep, held to `alpha` together."""
    table = collect(measured, plans)
    rows = list(_rows(table, sweeps(plans)))
    tests = [np.nan if row.difference is None else row.difference.p for row in rows]
    held = cutoff(np.array(tests, dtype=float), alpha)
    return [_decided(row, held) for row in rows]


@dataclass(frozen=True, kw_only=True)
class _Row:
    sweep: Sweep
    metric: Metric
    base: Mean | None
    head: Mean | None
    difference: Mean | None
    linear: Mapping[Side, Linearity | None]
    rounds: int


def _rows(table: Samples, found: Sequence[Sweep]) -> Iterator[_Row]:
    place = {
        (c, m.name): row for row, (c, m) in enumerate(zip(table.cases, table.metrics, strict=True))
    }
    for sweep in found:
        sizes = np.array(sweep.sizes)
        for metric in sweep.metrics:
            rows = [place[case, metric.name] for case in sweep.cases]
            values = {Side.BASE: table.base[rows], Side.HEAD: table.head[rows]}
            exponent = {side: exponents(sizes, values[side]) for side in Side}
            delta = exponent[Side.HEAD] - exponent[Side.BASE]
            yield _Row(
                sweep=sweep,
                metric=metric,
                base=mean(exponent[Side.BASE], FLOOR),
                head=mean(exponent[Side.HEAD], FLOOR),
                difference=mean(delta, FLOOR),
                linear={side: linearity(sizes, values[side]) for side in Side},
                rounds=int(np.isfinite(delta).sum()),
            )


def exponents(sizes: Floats, values: Floats) -> Floats:
    """Per round the least-squares slope of log value on log size; NaN where a size is missing.

    `values`: sizes × rounds. Values that are not positive have no logarithm.
    """
    usable = np.isfinite(values) & (values > 0)
    logs = np.log(np.where(usable, values, np.nan))
    x = np.log(sizes) - np.log(sizes).mean()
    return np.asarray(x @ logs / (x @ x))


def _decided(row: _Row, held: float) -> Shape:
    superlinear = {"base": _above(row.base), "head": _above(row.head)}
    warnings = []
    if row.rounds < FEWEST:
        warnings.append(Warn(code="few-runs", data={"runs": row.rounds, "needed": FEWEST}))
    verdict = _verdict(row, held)
    if superlinear["head"] and row.base and row.head and verdict is Verdict.REGRESSION:
        data: dict[str, Scalar] = {
            "axis": row.sweep.axis,
            "base": row.base.estimate,
            "head": row.head.estimate,
        }
        warnings.append(Warn(code="superlinear", data=data))
    return Shape(
        sweep=row.sweep,
        metric=row.metric,
        verdict=verdict,
        base=row.base,
        head=row.head,
        difference=row.difference,
        superlinear=superlinear,
        linear_base=row.linear[Side.BASE],
        linear_head=row.linear[Side.HEAD],
        threshold=held if row.difference else None,
        warnings=warnings,
    )


def _above(side: Mean | None) -> bool | None:
    return None if side is None else side.low > 1


def _verdict(row: _Row, held: float) -> Verdict:
    """A changed exponent of a cost is worse when it rose, of a rate when it fell."""
    change = row.difference
    if change is None:
        return Verdict.INCONCLUSIVE if row.rounds else Verdict.INVALID
    direction = row.metric.direction
    if change.p <= held and abs(change.estimate) >= MARGIN and direction is not Direction.NONE:
        worse = (change.estimate > 0) == (direction is Direction.LOWER)
        return Verdict.REGRESSION if worse else Verdict.IMPROVEMENT
    inside = change.low90 > -MARGIN and change.high90 < MARGIN
    return Verdict.UNCHANGED if inside else Verdict.INCONCLUSIVE
