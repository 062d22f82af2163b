"""Samples: the table of all measurements, a row per case and metric, a column per round.

A row's pairs are its *log-ratios* `d = ln(head) − ln(base)`, round by round. Where a side is
missing, zero, negative or not finite there is no log-ratio, and `d` is NaN.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loadstone.model import CasePlan, Design, Measurement, Metric, Run, Side, Summary

Floats = NDArray[np.float64]

LARGEST = 1e300  # beyond this a number is no measurement, and its double no number
HISTOGRAM = 0.0005  # relative step of a histogram with three significant digits


@dataclass(frozen=True, kw_only=True)
class Samples:
    """Paired samples of every row of a report, in each metric's base unit."""

    cases: Sequence[str]  # of each row
    metrics: Sequence[Metric]  # of each row
    rounds: Sequence[int]  # names of the columns, rising
    base: Floats  # rows × rounds, NaN where nothing was measured
    head: Floats  # the same of the other side
    designs: Sequence[Design] = ()  # of each row; all solo if empty

    @property
    def mixed(self) -> NDArray[np.bool_]:
        """The rows whose two sides were measured at once."""
        if not self.designs:
            return np.zeros(len(self.cases), dtype=bool)
        return np.array([design is Design.MIXED for design in self.designs], dtype=bool)

    @property
    def ratios(self) -> Floats:
        """Log-ratios `ln(head / base)`, rows × rounds; NaN where either side has no logarithm."""
        return _logarithm(self.head) - _logarithm(self.base)

    def until(self, columns: int) -> Samples:
        """The samples of the first `columns` rounds."""
        return Samples(
            cases=self.cases,
            metrics=self.metrics,
            rounds=self.rounds[:columns],
            base=self.base[:, :columns],
            head=self.head[:, :columns],
            designs=self.designs,
        )


def measurements(runs: Iterable[Run], plans: Sequence[CasePlan]) -> list[Measurement]:
    """The planned metrics of every valid run of its case's design, in the order of the runs.

    Invalid runs give nothing, and neither do metrics that a reason voids, nor cases or metrics that
    the plans do not name, nor the solo rounds of a mixed case.
    """
    return _measured(of_design(runs, plans), plans)


def solo_measurements(runs: Iterable[Run], plans: Sequence[CasePlan]) -> list[Measurement]:
    """The same of the solo runs of every case: what absolute bounds are held against."""
    return _measured([run for run in runs if run.design is Design.SOLO], plans)


def of_design(runs: Iterable[Run], plans: Sequence[CasePlan]) -> list[Run]:
    """The runs of the design of their case, without those of cases that the plans do not name."""
    designs = {plan.case.name: plan.design for plan in plans}
    return [run for run in runs if run.design is designs.get(run.case)]


def _measured(runs: Iterable[Run], plans: Sequence[CasePlan]) -> list[Measurement]:
    planned = {plan.case.name: {metric.name for metric in plan.metrics} for plan in plans}
    return [
        Measurement(case=run.case, metric=metric, side=run.side, round=run.round, value=value)
        for run in runs
        if run.valid and run.case in planned
        for metric, value in run.values.items()
        if metric in planned[run.case]
    ]


def collect(measured: Iterable[Measurement], plans: Sequence[CasePlan]) -> Samples:
    """The table of everything the plans name, a row for each even if nothing was measured.

    Two values of one case, metric, side and round (a run that was repeated after a crash) become
    their mean, so that the order of the measurements never matters.
    """
    rows = [(plan.case.name, metric) for plan in plans for metric in plan.metrics]
    place = {(case, metric.name): row for row, (case, metric) in enumerate(rows)}
    found: dict[tuple[int, Side, int], list[float]] = defaultdict(list)
    for one in measured:
        row = place.get((one.case, one.metric))
        if row is not None and abs(one.value) <= LARGEST:
            found[row, one.side, one.round].append(one.value)
    rounds = sorted({key[2] for key in found})
    column = {name: index for index, name in enumerate(rounds)}
    sides = {side: np.full((len(rows), len(rounds)), np.nan) for side in Side}
    for (row, side, round_), values in found.items():
        sides[side][row, column[round_]] = sum(sorted(values)) / len(values)
    return Samples(
        cases=[case for case, _ in rows],
        metrics=[metric for _, metric in rows],
        rounds=rounds,
        base=sides[Side.BASE],
        head=sides[Side.HEAD],
        designs=[plan.design for plan in plans for _ in plan.metrics],
    )


def places(names: Sequence[str]) -> NDArray[np.int64]:
    """Integer codes of names, equal names alike, in order of first appearance."""
    order = {name: number for number, name in enumerate(dict.fromkeys(names))}
    return np.array([order[name] for name in names], dtype=np.int64)


def floors(table: Samples) -> Floats:
    """Resolution floor: per row the smallest scale of a log-ratio that its instrument can show."""
    with np.errstate(all="ignore"):
        known = np.isfinite(table.base)
        center = np.where(known, table.base, 0).sum(axis=1) / known.sum(axis=1)
        steps = np.array([metric.resolution for metric in table.metrics]) / np.abs(center)
    return np.asarray(
        np.maximum(np.minimum(np.nan_to_num(steps, nan=0.0, posinf=0.0), 10.0), HISTOGRAM)
    )


def summary(values: Floats) -> Summary | None:
    """Median and range of one side's finite values, or None where there are none."""
    finite = values[np.isfinite(values)]
    if not finite.size:
        return None
    ordered = sorted(finite.tolist())
    size = len(ordered)
    return Summary(
        n=size,
        center=(ordered[(size - 1) // 2] + ordered[size // 2]) / 2,
        low=ordered[0],
        high=ordered[-1],
    )


def middle(values: Floats) -> Floats:
    """Row medians of finite values; NaN where there are none."""
    if not values.shape[1]:
        return np.full(len(values), np.nan)
    ordered = np.sort(values, axis=1)  # NaN last
    last = np.maximum(np.isfinite(values).sum(axis=1) - 1, 0)
    rows = np.arange(len(values))
    return np.asarray((ordered[rows, last // 2] + ordered[rows, (last + 1) // 2]) / 2)


def _logarithm(values: Floats) -> Floats:
    usable = np.isfinite(values) & (values >= 1 / LARGEST)
    return np.log(np.where(usable, values, np.nan))
