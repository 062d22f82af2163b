"""The protocol of baseline stores, with what they list and how they are asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from loadstone.model import Record


@dataclass(frozen=True, kw_only=True)
class BaselineEntry:
    """The entry of a stored record, found without reading it.

    Fields are as the store writes them: signs that a file name cannot carry are replaced, long
    names cut.
    """

    key: str  # what `get` takes
    component: str
    scenarios: str  # names, sorted, joined by "+"
    tier: str
    environment: str  # the environment's key
    revision: str  # the head revision: label, or label@digest
    started: str  # RFC 3339, UTC
    size: int | None  # By; None where a store does not know before it reads
    commit: str = ""  # of the head, whole; empty for a head of none, and in stores of before

    @property
    def series(self) -> str:
        """The name of the series that the record belongs to, as `Store.series` gives it."""
        return "/".join((self.component, self.scenarios, self.tier, self.environment))


@dataclass(frozen=True, kw_only=True)
class Query:
    """A query for records; a field that is empty takes any."""

    component: str = ""
    scenarios: Sequence[str] = ()
    tier: str = ""
    environment: str = ""  # its key
    revision: str = ""  # a label, or the start of a digest or commit


class Store(Protocol):
    """A store of records by component, scenarios, tier, environment and head revision."""

    def save(self, record: Record) -> BaselineEntry:
        """Keep the record; nothing that is there is overwritten, and no session is kept twice."""
        ...

    def list(self, query: Query = ...) -> Sequence[BaselineEntry]:
        """The records that match, newest first, without reading them."""
        ...

    def latest(self, query: Query = ...) -> BaselineEntry | None:
        """The newest record that matches."""
        ...

    def expect(self, keys: Sequence[str]) -> None:
        """Say which records will be read next: a store may fetch them in one trip."""
        ...

    def get(self, key: str) -> Record:
        """Read one. Raises `UsageError` for a key that is not there, `InvalidFile`."""
        ...

    def series(self, record: Record) -> str:
        """The name of the series that a record belongs to, whether it is kept or not.

        A series is what shares component, scenarios, tier and environment.
        """
        ...

    def note(self, series: str, name: str) -> bytes | None:
        """The note of that name beside the records of a series; None where there is none."""
        ...

    def update_note(self, series: str, name: str, change: Callable[[bytes | None], bytes]) -> str:
        """Let a note beside the records of a series be what `change` makes of it.

        `change` gets what is there, None for nothing, and is called anew whenever somebody else
        wrote meanwhile: no update is ever lost. Returns the place of the note.
        """
        ...

    def prune(
        self, keep: int, query: Query = ..., *, dry_run: bool = False
    ) -> Sequence[BaselineEntry]:
        """Remove all but the newest `keep` of every series that matches; return what goes.

        `keep` is at least 1.
        """
        ...
