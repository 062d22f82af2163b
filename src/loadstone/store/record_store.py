"""A store of records over any blobs: what a record is called, and when one is there already.

There is no index to be out of date, or to be where two writers meet: a record's name is made of
what it holds, and nothing that has a name is written over.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path

from loadstone.errors import Interrupted, LoadstoneError, UsageError
from loadstone.model import Record
from loadstone.store import contents, layout, records
from loadstone.store.blobs.protocol import Blobs
from loadstone.store.names import is_safe, slug
from loadstone.store.protocol import BaselineEntry, Query
from loadstone.store.updates import update

_ANY = Query()
_MOST_NOTE = 16_000_000  # By; 800 rows of a noise model are under a tenth


class RecordStore:
    """A store of records as blobs.

    `aside`: the directory for a record that cannot be kept, so that it is not lost.
    """

    def __init__(self, blobs: Blobs, *, aside: Path | None = None) -> None:
        self.blobs = blobs
        self._aside = aside

    def __str__(self) -> str:
        return str(self.blobs)

    def save(self, record: Record) -> BaselineEntry:
        """Keep the record under a name that is made of what it holds.

        The same session is kept once, however often and in whatever form it is saved. Raises
        `LoadstoneError` when it cannot be written, with where it was put instead.
        """
        data = records.encode(record, where="the record")
        try:
            return self._keep(record, data)
        except (LoadstoneError, KeyboardInterrupt) as error:
            if self._aside is None:
                raise
            raise _kept_aside(self, record, self._aside, error) from error

    def _keep(self, record: Record, data: bytes) -> BaselineEntry:
        there = self._same(record)
        if there is not None:
            return there
        for number in itertools.count(1):
            name = layout.name(record, number=number)
            written = self.blobs.write(name, data, expected=None)
            found = layout.entry(name, len(data))
            assert found is not None  # noqa: S101  (a name that was made by the layout)
            if written is not None or self._holds(name, record):
                return found
        raise AssertionError  # counting never ends

    def _same(self, record: Record) -> BaselineEntry | None:
        """The entry that holds the same session; of older names too, as copies have."""
        folder = f"{layout.folder(record)}/"
        for name, size in sorted(self.blobs.names(folder).items()):
            if layout.may_be(name, record) and self._holds(name, record):
                return layout.entry(name, size)
        return None

    def _holds(self, name: str, record: Record) -> bool:
        """Whether a name holds the same session; one that cannot be read is another's."""
        try:
            return contents.digest(self.get(name)) == contents.digest(record)
        except LoadstoneError:
            return False

    def series(self, record: Record) -> str:
        """The folder of all records of the same component, scenarios, tier and environment."""
        return layout.series(record)

    def note(self, series: str, name: str) -> bytes | None:
        """The note of that name beside the records of a series; None where there is none."""
        found = self.blobs.read(_note(series, name), most=_MOST_NOTE)
        return found.data if found else None

    def update_note(self, series: str, name: str, change: Callable[[bytes | None], bytes]) -> str:
        """Let a note be what `change` makes of it; return its place."""
        where = _note(series, name)
        update(self.blobs, where, change, most=_MOST_NOTE)
        return self.blobs.place(where)

    def list(self, query: Query = _ANY) -> list[BaselineEntry]:
        """The records that match, newest first; a file that is none of ours is passed over."""
        named = self.blobs.names(layout.prefix(query)).items()
        entries = (layout.entry(name, size) for name, size in named)
        found = [each for each in entries if each is not None and layout.matches(each, query)]
        return sorted(found, key=layout.age, reverse=True)

    def latest(self, query: Query = _ANY) -> BaselineEntry | None:
        """The newest record that matches."""
        return next(iter(self.list(query)), None)

    def expect(self, keys: Sequence[str]) -> None:
        """Fetch records that will be read next in one trip, where each would be one."""
        self.blobs.expect(keys)

    def get(self, key: str) -> Record:
        """Read the record that `list` names `key`. Raises `UsageError`, `InvalidFile`."""
        known = layout.entry(key, None)
        # A record is never written over, so what was seen of it last is all there is.
        found = known and self.blobs.read(key, most=records.MOST_BYTES, fresh=False)
        if not found:
            raise UsageError(
                f"there is no baseline {key!r:.200} in {self}",
                next_step="`loadstone baseline list` names those that are there",
            )
        return records.parse(found.data, where=self.blobs.place(key))

    def prune(
        self, keep: int, query: Query = _ANY, *, dry_run: bool = False
    ) -> Sequence[BaselineEntry]:
        """Remove all but the newest `keep` of every series that matches; return what goes."""
        if keep < 1:
            raise UsageError(
                f"cannot keep {keep} baselines", next_step="keep at least 1, or delete the files"
            )
        seen: dict[str, int] = {}
        old = []
        for entry in self.list(query):
            seen[entry.series] = seen.get(entry.series, 0) + 1
            if seen[entry.series] > keep:
                old.append(entry)
        if old and not dry_run:
            self.blobs.remove([entry.key for entry in old])
        return old


def _note(series: str, name: str) -> str:
    where = f"{series}/{slug(name)}"
    if not is_safe(where):
        raise UsageError(f"there is no series {series!r:.200}")
    return where


def _kept_aside(
    store: RecordStore, record: Record, aside: Path, error: BaseException
) -> LoadstoneError:
    """The failure to keep a record, once it lies safely elsewhere."""
    path = aside / layout.name(record)
    records.save(record, path)
    message, first = "interrupted", ""
    kind: type[LoadstoneError] = Interrupted
    if isinstance(error, LoadstoneError):
        message, first = error.message, f"{error.next_step}; then " if error.next_step else ""
        kind = type(error) if isinstance(error, UsageError | Interrupted) else LoadstoneError
    return kind(
        f"the record is not in {store}: {message}\nit is saved in {path}",
        next_step=f"{first}loadstone baseline save '{path}' --store '{store}'",
    )
