"""Series: the measurements of a component over its stored records, and their change points.

A *series* is the records of one component, set of scenarios, tier and environment in the order in
which they were measured; records of other environments or providers are never in it. Frozen values,
which survive a trip through JSON.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from loadstone.model.judgement import Interval, Verdict
from loadstone.model.values import Case, Metric, Note, Scalar


class Reading(StrEnum):
    """The scale on which the points of a row are read: that in which sessions scatter least."""

    ABSOLUTE = "absolute"  # as measured
    SUITE = "suite"  # against what the metric's other cases did in the same record
    ANCHORED = "anchored"  # against base of the same record: one frozen revision in all of them


@dataclass(frozen=True, kw_only=True)
class Point:
    """One record of a series. `revision`: a name that no other program of the series has.

    `program`: what tells that two records measured the same one: the digest, or else the label.
    """

    revision: str
    program: str
    started: str  # RFC 3339, UTC
    key: str  # in the store
    commit: str = ""
    facts: Mapping[str, Scalar] = field(default_factory=dict)  # of the environment


@dataclass(frozen=True, kw_only=True)
class SeriesRow:
    """One metric of one case (`case` "": over all cases), point by point.

    `values`: in the unit, the geometric mean of a record's runs; where the reading is not
    absolute, and over all cases, relative changes against the row's median. None where a record
    has too little of the row.
    """

    case: str
    metric: Metric
    reading: Reading
    values: Sequence[float | None]


@dataclass(frozen=True, kw_only=True)
class ChangePoint:
    """A change point: where a row changed for good.

    The change came after revision `good` and with or before `bad`, which was measured at `since`;
    with 95 % it is after `earliest` and with or before `latest`. `place`: of `bad` in the points.
    `before` and `after`: the levels on both sides, each up to the next change point, in the unit;
    None over all cases. `p`: of the best split of the series; `threshold`: what it was held
    against. `same`: the program was the same on both sides, so it was not the program.
    `confirmed`: it is surely there, with the newest record and without it.
    """

    case: str
    metric: Metric
    verdict: Verdict
    reading: Reading
    method: str  # permutation, exact
    place: int
    good: str
    bad: str
    earliest: str
    latest: str
    first: int  # place of `earliest`
    last: int  # place of `latest`
    since: str
    before: float | None
    after: float | None
    points_before: int
    points_after: int
    change: Interval
    p: float
    threshold: float
    same: bool = False
    confirmed: bool = True
    warnings: Sequence[Note] = ()


@dataclass(frozen=True, kw_only=True)
class Series:
    """A series and its change points, the newest first.

    `alpha`: the chance that a series without a change shows any gated change point; `lacking`: how
    many more records it takes until anything can be found; `delay`: how many records after a
    change that comes now it can be found, at the earliest. `refused`: records that are not used.
    """

    component: str
    scenarios: Sequence[str]
    tier: str
    provider: str
    environment: str
    cases: Sequence[Case]
    points: Sequence[Point]
    rows: Sequence[SeriesRow]
    changes: Sequence[ChangePoint]
    alpha: float
    lacking: int = 0
    delay: int = 0
    refused: Sequence[Note] = ()
    notes: Sequence[Note] = ()


def standing(series: Series, recent: int) -> list[ChangePoint]:
    """The regressions that a gate is for: confirmed, of gated rows, in the `recent` newest points.

    What was mended later is none: the last change point of a row decides.
    """
    last: dict[tuple[str, str], ChangePoint] = {}
    for each in sorted(series.changes, key=lambda each: each.place):
        if each.confirmed and not each.same:
            last[each.case, each.metric.name] = each
    first = len(series.points) - recent
    return [
        each
        for each in last.values()
        if each.verdict is Verdict.REGRESSION and each.metric.gated and each.place >= first
    ]
