"""Reported change points: between which programs a row shifted, and by how much."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loadstone.model import Note, Scalar, Verdict
from loadstone.model.series import ChangePoint, Point, Reading
from loadstone.stats.change_points.detect import Shift
from loadstone.stats.change_points.readings import ALL, RowReadings
from loadstone.stats.common.samples import Floats

_MOST = 3  # facts that changed with a row, in one warning


@dataclass(frozen=True, kw_only=True)
class ChangePointReporter:
    """Reporter of shifts: what a series' change points are told from."""

    stops: Sequence[Point]  # of each record
    read: RowReadings
    levels: Floats  # rows of cases × records, in the metric's unit

    def report(self, shift: Shift, method: str) -> ChangePoint | None:
        """Change point of a shift; None where it is below a third of the metric's minimum.

        A program can only change between two records of different ones: within the range of the
        shift, the nearest such place is taken.
        """
        row = self._row(shift)
        before, after = self._levels(shift, row)
        if not self._matters(shift, before):
            return None
        good, bad, edge = self._edge(shift)
        reading = self.read.readings[row]
        sides = (self.stops[max(bad - shift.before, 0) : bad], self.stops[bad : bad + shift.after])
        return ChangePoint(
            case=shift.case,
            metric=shift.metric,
            verdict=shift.verdict if edge else Verdict.INCONCLUSIVE,
            reading=reading,
            method=method,
            place=bad,
            good=self.stops[good].revision,
            bad=self.stops[bad].revision,
            earliest=self.stops[shift.places[2]].revision,
            latest=self.stops[shift.places[3]].revision,
            first=shift.places[2],
            last=shift.places[3],
            since=self.stops[bad].started,
            before=before,
            after=after,
            points_before=shift.before,
            points_after=shift.after,
            change=shift.change,
            p=shift.p,
            threshold=shift.threshold,
            same=not edge,
            warnings=[*_read(shift, reading), *_surroundings(*sides)],
        )

    def _row(self, shift: Shift) -> int:
        names = zip(self.read.points.cases, self.read.points.metrics, strict=True)
        return [(case, metric.name) for case, metric in names].index(
            (shift.case, shift.metric.name)
        )

    def _edge(self, shift: Shift) -> tuple[int, int, bool]:
        """The points on both sides, and whether the program can have changed between them."""
        good, bad, earliest, latest = shift.places
        edges = [
            place
            for place in range(earliest + 1, latest + 1)
            if self.stops[place].program != self.stops[place - 1].program
        ]
        if edges and self.stops[good].program == self.stops[bad].program:
            bad = min(edges, key=lambda place: abs(place - bad))
            good = bad - 1
        return good, bad, bool(edges)

    def _levels(self, shift: Shift, row: int) -> tuple[float | None, float | None]:
        """The medians on both sides, as measured; None over all cases."""
        if shift.case == ALL:
            return None, None
        known = self.levels[row]
        places = np.flatnonzero(np.isfinite(known))
        before = known[places[places < shift.places[1]][-shift.before :]]
        after = known[places[places >= shift.places[1]][: shift.after]]
        return _median(before), _median(after)

    def _matters(self, shift: Shift, before: float | None) -> bool:
        """Whether it reaches a third of the metric's minimum; over all cases, in any of them."""
        usual = [before or 0.0]
        if shift.case == ALL:
            rows = zip(self.levels, self.read.points.metrics, strict=False)
            alike = [values for values, metric in rows if metric.name == shift.metric.name]
            usual = [float(np.nanmedian(each)) for each in alike if np.isfinite(each).any()]
        if not before and shift.case != ALL:
            return True  # from nothing at all, or from what no logarithm tells
        return abs(shift.change.estimate) * max(usual, default=0.0) >= shift.metric.minimum / 3


def _median(values: Floats) -> float | None:
    return float(np.median(values)) if values.size else None


def _read(shift: Shift, reading: Reading) -> list[Note]:
    """How the row was read, where that is not as measured."""
    if reading is Reading.SUITE:
        return [Note(code="beside-suite")]
    if reading is Reading.ANCHORED:
        return [Note(code="beside-base")]
    return [Note(code="all-alike")] if shift.case == ALL else []


def _surroundings(before: Sequence[Point], after: Sequence[Point]) -> list[Note]:
    """Facts of the environment that changed just there, and at no other record of both sides."""
    found: list[tuple[str, Scalar, Scalar]] = []
    for name in sorted({name for point in (*before, *after) for name in point.facts}):
        old = {point.facts.get(name) for point in before}
        new = {point.facts.get(name) for point in after}
        if len(old) == len(new) == 1 and old != new:
            was, became = old.pop(), new.pop()
            found.append((name, "?" if was is None else was, "?" if became is None else became))
    return [
        Note(code="surroundings", data={"fact": name, "before": was, "after": became})
        for name, was, became in found[:_MOST]
    ]
