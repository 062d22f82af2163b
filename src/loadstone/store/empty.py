"""A store that holds nothing and takes nothing: in the place of one that cannot be reached."""

# ruff: noqa: ARG002

from __future__ import annotations

from collections.abc import Callable, Sequence

from loadstone.errors import UsageError
from loadstone.model import Record
from loadstone.store import layout
from loadstone.store.protocol import BaselineEntry, Query

_ANY = Query()


class EmptyStore:
    """A store of no records, to which none can be saved."""

    def save(self, record: Record) -> BaselineEntry:
        """Raise `UsageError`: what is to be kept must not be lost."""
        raise self._none()

    def list(self, query: Query = _ANY) -> Sequence[BaselineEntry]:
        """None."""
        return []

    def latest(self, query: Query = _ANY) -> BaselineEntry | None:
        """None."""
        return None

    def expect(self, keys: Sequence[str]) -> None:
        """Nothing is fetched."""

    def get(self, key: str) -> Record:
        """Raise `UsageError`."""
        raise self._none()

    def series(self, record: Record) -> str:
        """The name as any store has it."""
        return layout.series(record)

    def note(self, series: str, name: str) -> bytes | None:
        """None."""
        return None

    def update_note(self, series: str, name: str, change: Callable[[bytes | None], bytes]) -> str:
        """Raise `UsageError`."""
        raise self._none()

    def prune(
        self, keep: int, query: Query = _ANY, *, dry_run: bool = False
    ) -> Sequence[BaselineEntry]:
        """Nothing goes."""
        return []

    def _none(self) -> UsageError:
        return UsageError("no baselines are at hand", next_step="see the note about them above")
