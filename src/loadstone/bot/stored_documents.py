"""Documents that the bot keeps in the store: accepted changes, and the ledger of minutes.

They are JSON with a version, one entry a line, so that a person can read a change of one. Who may
write to the store may write anything into them: they are decoded strictly and within bounds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

import msgspec

from loadstone.bot.minutes import Ledger, LedgerEntry
from loadstone.errors import InvalidFile, Problem
from loadstone.model.accepted import AcceptedChange

ACCEPTED = "accepted.json"
MINUTES = "minutes.json"
VERSION = 1
_MOST_BYTES = 4_000_000

Entry = TypeVar("Entry", AcceptedChange, LedgerEntry)


def accepted_document(changes: Sequence[AcceptedChange]) -> bytes:
    """The document of accepted changes."""
    return _encoded("accepted", changes)


def accepted_changes(document: bytes | None) -> list[AcceptedChange]:
    """The accepted changes of a document; none where there is none. Raises `InvalidFile`."""
    return _decoded(document, "accepted", AcceptedChange, ACCEPTED)


def with_accepted(document: bytes | None, change: AcceptedChange) -> bytes:
    """The document with one more change, which takes the place of an earlier one of its row."""

    def row(each: AcceptedChange) -> tuple[Any, ...]:
        return each.component, each.case, each.metric, each.pull_request

    others = [each for each in accepted_changes(document) if row(each) != row(change)]
    return accepted_document([*others, change])


def minutes_document(ledger: Ledger) -> bytes:
    """The document of a ledger."""
    return _encoded("minutes", ledger)


def minutes_ledger(document: bytes | None) -> list[LedgerEntry]:
    """The ledger of a document; empty where there is none. Raises `InvalidFile`."""
    return _decoded(document, "minutes", LedgerEntry, MINUTES)


def _encoded(name: str, entries: Sequence[AcceptedChange] | Ledger) -> bytes:
    lines = ",\n".join(f"  {msgspec.json.encode(each).decode()}" for each in entries)
    inner = f"[\n{lines}\n ]" if entries else "[]"
    return f'{{"version": {VERSION},\n "{name}": {inner}}}\n'.encode()


def _decoded(document: bytes | None, name: str, kind: type[Entry], file: str) -> list[Entry]:
    if document is None:
        return []
    try:
        if len(document) > _MOST_BYTES:
            raise ValueError(f"it has more than {_MOST_BYTES} bytes")
        data = msgspec.json.decode(document, type=dict[str, Any])
        if data.get("version") != VERSION:
            raise ValueError(f"version {data.get('version')!r:.20} is not {VERSION}")
        return msgspec.convert(data.get(name), list[kind])  # type: ignore[valid-type]
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        step = "a newer Loadstone may have written it; else restore an earlier one from the store"
        raise InvalidFile([Problem(where=file, what=str(error)[:300])], next_step=step) from error
