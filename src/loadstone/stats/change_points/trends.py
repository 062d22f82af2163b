"""Trend of a series of records: its rows, its change points, and what it cannot see yet.

Gated rows are one family, and the rows that are only reported another: each shows a change point in
a series without any with a chance of at most α. Steady counts stand apart (see `exact_changes`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import comb

import numpy as np
from numpy.random import Generator

from loadstone.model import CasePlan, Direction, Metric, Note, Run, Verdict
from loadstone.model.series import ChangePoint, Point, Reading, SeriesRow
from loadstone.stats.change_points import exact_changes, readings
from loadstone.stats.change_points.contrasts import LEAST
from loadstone.stats.change_points.detect import SeriesSession, Shift, points, shifts
from loadstone.stats.change_points.readings import ALL, RowReadings, centred
from loadstone.stats.change_points.reported import ChangePointReporter
from loadstone.stats.change_points.splits import SPLIT
from loadstone.stats.common.samples import Floats

PERMUTATION = "permutation"
ALPHA = 0.05  # of one look
GATE = 0.4  # of the level, in two looks in a row, as series are looked at daily: decisions/0097
_LONGEST = 1000  # records that nobody would wait for


@dataclass(frozen=True, kw_only=True)
class Trend:
    """Trend of a series; the fields are those of `loadstone.model.series.Series`."""

    rows: Sequence[SeriesRow]
    changes: Sequence[ChangePoint]
    lacking: int
    delay: int


def trend(
    stops: Sequence[Point],
    runs: Sequence[Sequence[Run]],
    plans: Sequence[CasePlan],
    rng: Generator,
    *,
    alpha: float = ALPHA,
    anchored: bool = False,
) -> Trend:
    """Analyse the rows of `plans` over records, whose `stops` and `runs` are in the order of time.

    `anchored`: base is the same revision in all of them.
    """
    # A revision may come twice, a place never.
    records = [SeriesSession(revision=str(place), runs=each) for place, each in enumerate(runs)]
    tables = {Reading.ABSOLUTE: points(records, plans)}
    if anchored:
        tables[Reading.ANCHORED] = points(records, plans, anchored=True)
    now, before = (
        _look(
            stops[:count],
            readings.choose({way: table.until(count) for way, table in tables.items()}),
            exact_changes.steady(records[:count], plans),
            rng,
            alpha=alpha,
        )
        for count in (len(stops), max(len(stops) - 1, 0))
    )
    share = alpha / max(now.gated, 1)
    return Trend(
        rows=now.rows,
        changes=sorted((_confirmed(each, before.changes) for each in now.changes), key=_order),
        lacking=max(needed(share) - len(stops), 0),
        delay=delay(len(stops), share),
    )


@dataclass(frozen=True, kw_only=True)
class SeriesLook:
    """Look at the records up to some day."""

    rows: Sequence[SeriesRow]
    changes: Sequence[ChangePoint]
    gated: int  # rows of the family that gates


def _look(
    stops: Sequence[Point],
    read: RowReadings,
    counts: Mapping[int, tuple[Floats, Sequence[int]]],
    rng: Generator,
    *,
    alpha: float,
) -> SeriesLook:
    levels = np.exp(read.measured)
    for row, (values, _) in counts.items():
        levels[row] = values
    gated, others = _families(read, counts)
    found = _certain(read, counts, alpha)
    for family in (gated, others):
        found += [(shift, PERMUTATION) for shift in shifts(read.only(family), rng, alpha=alpha)]
    reporter = ChangePointReporter(stops=stops, read=read, levels=levels)
    reported = [reporter.report(shift, method) for shift, method in found]
    return SeriesLook(
        rows=_rows(read, levels),
        changes=[each for each in reported if each],
        gated=len(gated) or len(others),
    )


def _confirmed(change: ChangePoint, before: Sequence[ChangePoint]) -> ChangePoint:
    """The change with whether both looks surely show it; counts need no second look."""

    def key(each: ChangePoint) -> tuple[str, str, Verdict]:
        return each.case, each.metric.name, each.verdict

    sure = {key(each) for each in before if each.p <= GATE * each.threshold}
    both = change.p <= GATE * change.threshold and key(change) in sure
    if both or change.method == exact_changes.EXACT:
        return change
    return replace(change, confirmed=False, warnings=[*change.warnings, Note(code="unconfirmed")])


def needed(share: float) -> int:
    """Smallest number of records at which a step in their middle can reach a level of `share`.

    Of all orders of n points, 2 in `n over n/2` keep the two halves apart.
    """
    enough = (n for n in range(2 * LEAST, _LONGEST) if 2 / comb(n, n // 2) <= SPLIT * share)
    return next(enough, _LONGEST)


def delay(records: int, share: float) -> int:
    """Shortest delay, in records, from a change that comes after so many until it can be found."""
    enough = (k for k in range(LEAST, _LONGEST) if 2 / comb(records + k, k) <= SPLIT * share)
    return next(enough, _LONGEST)


def _families(read: RowReadings, counts: Mapping[int, object]) -> tuple[list[int], list[int]]:
    """Rows that gate, and rows that are only reported."""
    rows = [row for row in range(len(read.readings)) if row not in counts]
    gated = [row for row in rows if _gates(read.points.metrics[row])]
    return gated, [row for row in rows if row not in gated]


def _gates(metric: Metric) -> bool:
    return metric.gated and metric.direction is not Direction.NONE


def _certain(
    read: RowReadings, counts: Mapping[int, tuple[Floats, Sequence[int]]], alpha: float
) -> list[tuple[Shift, str]]:
    names, metrics = read.points.cases, read.points.metrics
    share = alpha / max(len(counts), 1)
    return [
        (shift, exact_changes.EXACT)
        for row, (values, runs) in counts.items()
        for shift in exact_changes.steps(names[row], metrics[row], values, runs, share=share)
    ]


def _rows(read: RowReadings, levels: Floats) -> list[SeriesRow]:
    """Every row as it is drawn: as measured in the unit, read otherwise as relative changes."""
    rows = []
    for row, reading in enumerate(read.readings):
        plain = reading is Reading.ABSOLUTE and read.points.cases[row] != ALL
        with np.errstate(all="ignore"):
            values = levels[row] if plain else np.expm1(_about(read.points.values[row]))
        rows.append(
            SeriesRow(
                case=read.points.cases[row],
                metric=read.points.metrics[row],
                reading=reading,
                values=[float(each) if np.isfinite(each) else None for each in values],
            )
        )
    return rows


def _about(values: Floats) -> Floats:
    return centred(values) if np.isfinite(values).any() else values


def _order(change: ChangePoint) -> tuple[int, bool, str, bool, str]:
    """The newest first; of one place by metric, over all cases first."""
    metric = change.metric
    return -change.place, not metric.gated, metric.name, change.case != ALL, change.case
