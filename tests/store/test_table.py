"""Stores by name: a new one is a class and a line of the table."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import pytest

from loadstone.errors import UsageError
from loadstone.flows.knowledge import noise
from loadstone.model import Record
from loadstone.store.directory import DirectoryStore
from loadstone.store.protocol import BaselineEntry, Query, Store
from loadstone.store.table import STORES, open_store
from tests.report import samples

ANY = Query()


@dataclass
class ShelfStore:
    """A store of this test's own, in memory."""

    place: str
    records: dict[str, Record] = field(default_factory=dict)
    notes: dict[tuple[str, str], bytes] = field(default_factory=dict)

    def save(self, record: Record) -> BaselineEntry:
        self.records.setdefault(record.started, record)
        return self._entry(record)

    def list(self, query: Query = ANY) -> Sequence[BaselineEntry]:
        found = map(self._entry, self.records.values())
        return [each for each in found if query.environment in ("", each.environment)]

    def latest(self, query: Query = ANY) -> BaselineEntry | None:
        return next(iter(self.list(query)), None)

    def expect(self, keys: Sequence[str]) -> None:
        pass

    def get(self, key: str) -> Record:
        return self.records[key]

    def series(self, record: Record) -> str:
        return self._entry(record).series

    def note(self, series: str, name: str) -> bytes | None:
        return self.notes.get((series, name))

    def update_note(self, series: str, name: str, change: Callable[[bytes | None], bytes]) -> str:
        self.notes[series, name] = change(self.note(series, name))
        return f"{self.place}:{series}/{name}"

    def prune(
        self, keep: int, query: Query = ANY, *, dry_run: bool = False
    ) -> Sequence[BaselineEntry]:
        return []

    def _entry(self, record: Record) -> BaselineEntry:
        plan = record.plan
        return BaselineEntry(
            key=record.started,
            component=plan.component,
            scenarios="all",
            tier=plan.tier,
            environment=record.environment.key,
            revision=plan.head.label,
            started=record.started,
            size=0,
        )


def test_a_new_store_is_a_class_and_a_line_of_the_table():
    store: Store = open_store("shelf:third", {**STORES, "shelf": ShelfStore})
    record = samples.regression()
    store.save(record)
    learnt = noise.refresh(record, store)
    assert noise.load(record, store) == learnt
    assert isinstance(store, ShelfStore)
    assert list(store.notes) == [(store.series(record), noise.NAME)]


@pytest.mark.parametrize("where", ["baselines", "./a:b", "/x/y", "directory:baselines", "a/b:c"])
def test_a_path_is_a_directory(where):
    store = open_store(where)
    assert isinstance(store, DirectoryStore)
    assert str(store) == where.removeprefix("directory:").removeprefix("./")


def test_a_kind_that_there_is_not_is_named():
    with pytest.raises(UsageError, match="tape") as caught:
        open_store("tape:1")
    assert "directory" in caught.value.next_step
