"""The records of a series, read from the store: those that belong together, and why others do not.

What cannot be read or does not belong is left out and named; the rest goes on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from loadstone.errors import LoadstoneError
from loadstone.model import Note, Record
from loadstone.store.comparable_parts import alike
from loadstone.store.contents import begins
from loadstone.store.protocol import BaselineEntry, Store


@dataclass(frozen=True, kw_only=True)
class StoredRecord:
    """A baseline with its key in the store, without histograms and rows of functions."""

    key: str
    record: Record


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
