"""Series of baselines: the records that belong together, judged as one.

Records are in the order in which they were measured, and those of other environments or providers
are never mixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path

from numpy.random import default_rng

from loadstone.errors import UsageError
from loadstone.flows.changed_functions import with_functions
from loadstone.flows.series_records import SeriesRecords, StoredRecord, gather
from loadstone.model import Record, Side
from loadstone.model.series import Point, Series
from loadstone.stats.change_points.trends import ALPHA, trend
from loadstone.store.protocol import BaselineEntry, Query, Store

LAST = 100  # records of a series that are read, unless more are asked for
_SEED = 20261122  # of the random orders: the same records always say the same


def series(
    store: Store,
    query: Query | None = None,
    *,
    scenarios: Sequence[str] = (),
    last: int = LAST,
    alpha: float = ALPHA,
) -> list[Series]:
    """Find the change points of every series of the store that matches.

    `scenarios`: all of these are in the series. `alpha`: of all series together.

    Raises `UsageError` where nothing matches.
    """
    entries = store.list(query or Query())
    folders = [gather(store, list(group)[:last]) for _, group in groupby(_sorted(entries), _place)]
    wanted = [each for each in folders if each.has(scenarios)]
    if not wanted:
        raise UsageError(_nothing(store), next_step=_next(store))
    return [judged(each, alpha=alpha / len(wanted)) for each in wanted]


def judged(found: SeriesRecords, *, alpha: float) -> Series:
    """Find the change points of one series. Nothing is found in one without records."""
    records = [each.record for each in found.stored]
    if not records:
        return _without_records(found, alpha)
    newest = records[-1]
    stops = points(found.stored)
    bases = {_program(record, Side.BASE) for record in records}
    shown = trend(
        stops,
        [record.runs for record in records],
        newest.plan.cases,
        default_rng(_SEED),
        alpha=alpha,
        anchored=len(bases) == 1,
    )
    return Series(
        component=newest.plan.component,
        scenarios=sorted({plan.case.scenario for plan in newest.plan.cases}),
        tier=newest.plan.tier,
        provider=newest.plan.provider,
        environment=newest.environment.key,
        cases=[plan.case for plan in newest.plan.cases],
        points=stops,
        rows=shown.rows,
        changes=with_functions(shown.changes, records),
        alpha=alpha,
        lacking=shown.lacking,
        delay=shown.delay,
        refused=found.refused,
        notes=found.notes,
    )


def _without_records(found: SeriesRecords, alpha: float) -> Series:
    component, _, tier, environment = Path(found.name).parts[-4:]
    return Series(
        component=component,
        scenarios=(),
        tier=tier,
        provider="",
        environment=environment,
        cases=(),
        points=(),
        rows=(),
        changes=(),
        alpha=alpha,
        refused=found.refused,
    )


def points(stored: Sequence[StoredRecord]) -> list[Point]:
    """The records as points; programs that share a label are told apart by their digests."""
    programs: dict[str, set[str]] = {}
    for each in stored:
        label = each.record.plan.head.label
        programs.setdefault(label, set()).add(_program(each.record, Side.HEAD))
    return [_point(each, alone=len(programs[each.record.plan.head.label]) == 1) for each in stored]


def _point(each: StoredRecord, *, alone: bool) -> Point:
    head = each.record.plan.head
    mark = head.commit[:9] or head.digest.rpartition(":")[2][:7]
    return Point(
        revision=head.label if alone else f"{head.label}@{mark}",
        program=_program(each.record, Side.HEAD),
        started=each.record.started,
        key=each.key,
        commit=head.commit,
        facts=each.record.environment.facts,
    )


def _program(record: Record, side: Side) -> str:
    revision = record.plan.head if side is Side.HEAD else record.plan.base
    return revision.digest or revision.label


def _sorted(entries: Sequence[BaselineEntry]) -> list[BaselineEntry]:
    """By series; within one, the newest first as they came."""
    return sorted(entries, key=_place)


def _place(entry: BaselineEntry) -> tuple[str, str, str, str]:
    return entry.component, entry.scenarios, entry.tier, entry.environment


def _nothing(store: Store) -> str:
    return (
        f"no baseline in {store} matches" if store.list() else f"there are no baselines in {store}"
    )


def _next(store: Store) -> str:
    known = [
        f"-c {each[0]} --tier {each[2]} --environment {each[3]} ({each[1]})"
        for each in sorted({_place(entry) for entry in store.list()})
    ]
    if not known:
        return "keep a record after each merge: `loadstone baseline save`"
    return "the series are: " + "; ".join(known[:8])
