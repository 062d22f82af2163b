"""Series of baselines: the records that belong together, read from the store and judged as one.

What cannot be read or does not belong is left out and named; the rest goes on. Records are in the
order in which they were measured, and those of other environments or providers are never mixed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from pathlib import Path

from numpy.random import default_rng

from loadstone.errors import LoadstoneError, UsageError
from loadstone.flows.changed_functions import with_functions
from loadstone.model import Note, Record, Side
from loadstone.model.series import Point, Series
from loadstone.stats.change_points.trends import ALPHA, trend
from loadstone.store.comparable_parts import alike
from loadstone.store.contents import begins
from loadstone.store.protocol import BaselineEntry, Query, Store

LAST = 100  # records of a series that are read, unless more are asked for
_SEED = 20261122  # of the random orders: the same records always say the same


@dataclass(frozen=True, kw_only=True)
class StoredRecord:
    """A baseline with its key in the store, without histograms and rows of functions."""

    key: str
    record: Record


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


@dataclass(frozen=True, kw_only=True)
class SeriesRecords:
    """The records of one folder, the oldest first, and those of it that are not used."""

    name: str
    stored: Sequence[StoredRecord]
    refused: Sequence[Note]
    notes: Sequence[Note] = ()

    def has(self, scenarios: Sequence[str]) -> bool:
        """Whether all these scenarios are in it; of a series without a record, nobody knows."""
        if not self.stored:
            return not scenarios
        return set(scenarios) <= {plan.case.scenario for plan in self.stored[-1].record.plan.cases}


def gather(store: Store, entries: Sequence[BaselineEntry]) -> SeriesRecords:
    """Read the records of one series, given the newest first."""
    refused: list[Note] = []
    stored: list[StoredRecord] = []
    store.expect([entry.key for entry in entries])
    for entry in reversed(entries):
        try:
            record = store.get(entry.key)
        except LoadstoneError as error:
            refused.append(Note.of("unreadable", message=error.message.splitlines()[0]))
            continue
        if store.series(record) == entry.series:
            stored.append(StoredRecord(key=entry.key, record=_slim(record)))
        else:
            refused.append(_elsewhere(entry, record))
    name = entries[0].series
    found = assembled(name, stored)
    return replace(found, refused=[*refused, *found.refused])


def assembled(name: str, stored: Sequence[StoredRecord]) -> SeriesRecords:
    """Sort out the records of one series that can be compared with the newest, the oldest first."""
    refused: list[Note] = []
    usable: list[StoredRecord] = []
    for each in stored:
        why = _useless(each.record) or _twice(each.record, usable) or _gone_on(each, stored)
        if why:
            refused.append(replace(why, data={**why.data, "record": each.key}))
        else:
            usable.append(each)
    records, notes = alike([each.record for each in usable])
    return SeriesRecords(
        name=name,
        stored=[replace(old, record=new) for old, new in zip(usable, records, strict=True)],
        refused=refused,
        notes=notes,
    )


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


def _elsewhere(entry: BaselineEntry, record: Record) -> Note:
    plan, key = record.plan, record.environment.key
    return Note.of("elsewhere", record=entry.key, component=plan.component, tier=plan.tier, key=key)


def _useless(record: Record) -> Note | None:
    if record.plan.search is not None:
        return Note.of("redlines")
    if record.environment.provider != record.plan.provider:
        return Note.of("provider")
    if not any(run.valid for run in record.runs):
        return Note.of("no-runs")
    return None


def _twice(record: Record, earlier: Sequence[StoredRecord]) -> Note | None:
    """A reason where a record was saved a second time, and says nothing new."""
    for each in earlier:
        same = each.record.started == record.started and each.record.plan == record.plan
        if same and [run.values for run in each.record.runs] == [run.values for run in record.runs]:
            return Note.of("twice", other=each.key)
    return None


def _gone_on(stored: StoredRecord, others: Sequence[StoredRecord]) -> Note | None:
    """A reason where another record holds the session whole, with the rounds that came later."""
    for each in others:
        if begins(stored.record, each.record):
            return Note.of("beginning", record=stored.key, other=each.key)
    return None


def _slim(record: Record) -> Record:
    """Without what a series does not look at, which is most of a record."""
    return replace(
        record,
        runs=[replace(run, histograms={}, series={}, quantities={}) for run in record.runs],
        judgement=None,
        profiles=[replace(each, rows=()) for each in record.profiles if each.dearest],
    )


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
