"""Contents of records: a digest by which two of the same session are told to be the same.

A record that is saved once more (a CI step that is retried), copied to another name or written anew
by another program says nothing new. One that was gone on with (`loadstone more`) holds all that it
held before, and stands for both. What is made of the measurements later is passed over: the
judgement, the profile diffs, and the version of the format.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

import msgspec

from loadstone.model import Record

_MADE_LATER = ("judgement", "profiles", "version")
# Most of a record, and given with the values that are taken from it.
_BULK = ("quantities", "histograms", "series", "requests", "probe_cost", "profiles")


def digest(record: Record) -> str:
    """The digest of a record: equal for records of the same session, and for no others."""
    document = msgspec.to_builtins(record)
    for name in _MADE_LATER:
        del document[name]
    for run in document["runs"]:
        for name in _BULK:
            del run[name]
    data = msgspec.json.encode(_plain(document), order="deterministic")
    return hashlib.sha256(data).hexdigest()


def once(records: Iterable[Record]) -> list[Record]:
    """The records, each session once: the first of those that are the same, in its longest form."""
    seen: dict[str, Record] = {}
    for record in records:
        seen.setdefault(digest(record), record)
    found = list(seen.values())
    return [each for each in found if not any(begins(each, other) for other in found)]


def begins(part: Record, whole: Record) -> bool:
    """Whether a record is of the beginning of a session that was gone on with."""
    first, all_ = _runs(part), _runs(whole)
    return 0 < len(first) < len(all_) and all_[: len(first)] == first


def _runs(record: Record) -> list[tuple[Any, ...]]:
    """What tells the runs of a record from all others: when each was, and what it gave."""
    return [(run.case, run.side, run.started, run.seconds, run.values) for run in record.runs]


def _plain(value: Any) -> Any:
    """One form for numbers that JSON writers do not tell apart: 1 and 1.0."""
    match value:
        case dict():
            return {name: _plain(each) for name, each in value.items()}
        case list() | tuple():
            return [_plain(each) for each in value]
        case float() if value.is_integer():
            return int(value)
        case _:
            return value
