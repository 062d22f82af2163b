"""Readings of a series: each row in the way in which its records differ least by noise.

A machine that is slow today moves all cases of a metric alike, and base beside head. So a row can
be read as measured, against the median of the metric's other cases in the same record, or against
base of the same record where that is one frozen revision throughout. The reading with the least
noise is taken, by what neighbouring points differ by, which a step hardly touches; unless its
points are spread wider than as measured: then the reading itself put a step into the row, as a
suite does of which half has changed.

Over all cases of a metric there is one more row: the median of its cases, each against its own
median over the series.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from loadstone.model import CasePlan, Metric
from loadstone.model.series import Reading
from loadstone.stats.change_points.detect import RecordMeans, SeriesSession, points
from loadstone.stats.common.samples import Floats, places

OTHERS = 3  # cases in a record that make a suite for another one
# Choices: they move the power, and the level holds in `benchmarks.change_points`.
SHARPER = 0.8  # of the noise as measured: what that of another reading must be below
WIDER = 1.1  # times the spread as measured: what that of another reading must not be above
ALL = ""  # the case of a row over all cases


@dataclass(frozen=True, kw_only=True)
class RowReadings:
    """Points of a series with the reading chosen for each row; NaN where there is too little."""

    points: RecordMeans  # as read; rows over all cases come last
    readings: Sequence[Reading]  # of each row
    measured: Floats  # rows of cases × records, as measured

    def only(self, rows: Sequence[int]) -> RecordMeans:
        """The points of some of the rows."""
        return replace(
            self.points,
            cases=[self.points.cases[row] for row in rows],
            metrics=[self.points.metrics[row] for row in rows],
            values=self.points.values[list(rows)],
        )


def read(
    records: Sequence[SeriesSession], plans: Sequence[CasePlan], *, anchored: bool = False
) -> RowReadings:
    """Read the rows of `plans`, and one per metric of three cases or more.

    `anchored`: base is the same revision in all records.
    """
    ways = {Reading.ABSOLUTE: points(records, plans)}
    if anchored:
        ways[Reading.ANCHORED] = points(records, plans, anchored=True)
    return choose(ways)


def choose(tables: Mapping[Reading, RecordMeans]) -> RowReadings:
    """Choose the readings of points as measured, and perhaps beside base."""
    absolute = tables[Reading.ABSOLUTE]
    known = {way: table.values for way, table in tables.items()}
    kinds = places([metric.name for metric in absolute.metrics])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", RuntimeWarning)  # a row without a single value
        ways = {**known, Reading.SUITE: _beside(absolute.values, kinds)}
        chosen = [_sharpest({way: v[row] for way, v in ways.items()}) for row in range(len(kinds))]
        suite = [_overall(known, kinds, kind) for kind in dict.fromkeys(kinds.tolist())]
    cases, metrics, values = list(absolute.cases), list(absolute.metrics), list(absolute.values)
    for row, way in enumerate(chosen):
        values[row] = ways[way][row]
    for row, way, found in (each for each in suite if each is not None):
        cases.append(ALL)
        metrics.append(_shared(absolute.metrics, kinds, row))
        chosen.append(way)
        values.append(found)
    table = np.array(values).reshape(len(cases), len(absolute.revisions))
    return RowReadings(
        points=replace(absolute, cases=cases, metrics=metrics, values=table),
        readings=chosen,
        measured=absolute.values,
    )


def centred(values: Floats) -> Floats:
    """Median-centred rows."""
    return np.asarray(values - np.nanmedian(values, axis=-1, keepdims=True))


def _beside(values: Floats, kinds: NDArray[np.int64]) -> Floats:
    """Every row less the median of the other cases of its metric; NaN with fewer than three."""
    moved = centred(values)
    found = np.full_like(values, np.nan)
    for row, kind in enumerate(kinds):
        others = moved[(kinds == kind) & (np.arange(len(kinds)) != row)]
        enough = np.isfinite(others).sum(axis=0) >= OTHERS
        if enough.any():
            found[row, enough] = values[row, enough] - np.nanmedian(others[:, enough], axis=0)
    return found


def _overall(
    known: Mapping[Reading, Floats], kinds: NDArray[np.int64], kind: int
) -> tuple[int, Reading, Floats] | None:
    """The first row of a metric, and the reading and the values of the metric over all cases."""
    inside = np.flatnonzero(kinds == kind)
    ways: dict[Reading, Floats] = {}
    for way, values in known.items():
        moved = centred(values[inside])
        enough = np.isfinite(moved).sum(axis=0) >= OTHERS
        ways[way] = np.where(enough, np.nanmedian(moved, axis=0), np.nan)
    if not np.isfinite(ways[Reading.ABSOLUTE]).any():
        return None
    way = _sharpest(ways)
    return int(inside[0]), way, ways[way]


def _sharpest(ways: Mapping[Reading, Floats]) -> Reading:
    """Reading with the least noise, as measured unless another one is clearly better."""
    plain = ways[Reading.ABSOLUTE]
    known = int(np.isfinite(plain).sum())
    if known < 2:
        return Reading.ABSOLUTE
    usable = {
        way: _noise(values)
        for way, values in ways.items()
        if np.isfinite(values).sum() >= known and _spread(values) <= WIDER * _spread(plain)
    }
    best = min(usable, key=lambda way: usable[way])
    return best if usable[best] < SHARPER * _noise(plain) else Reading.ABSOLUTE


def _noise(values: Floats) -> float:
    return float(np.median(np.abs(np.diff(values[np.isfinite(values)]))))


def _spread(values: Floats) -> float:
    low, high = np.nanpercentile(values, [25, 75])
    return float(high - low)


def _shared(metrics: Sequence[Metric], kinds: NDArray[np.int64], row: int) -> Metric:
    """The metric over all cases: gated where one of its cases is, with the least margin of them."""
    alike = [metric for metric, kind in zip(metrics, kinds, strict=True) if kind == kinds[row]]
    gated = [metric for metric in alike if metric.gated] or alike
    return min(gated, key=lambda metric: metric.margin)
