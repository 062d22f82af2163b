"""Manager entries, metadata.managedFields: their identity, their order, and how many are kept."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from loadstone.apiserver.apply import fieldsets
from loadstone.apiserver.machinery.documents import Document

Entry = dict[str, Any]
Identity = tuple[str, str, str, str]

ANCIENT = "ancient-changes"  # who owns what too many updaters once did
_UPDATERS = 10  # that are told apart, as the real server's field manager does by default


def identity(entry: Entry) -> Identity:
    """The identity of an entry; an applier is the same in every version of the API."""
    operation = str(entry.get("operation") or "")
    version = "" if operation == "Apply" else str(entry.get("apiVersion") or "")
    return (
        *(str(entry.get("manager") or ""), operation, version),
        str(entry.get("subresource") or ""),
    )


def read(metadata: Document) -> list[Entry]:
    """The entries of an object, none of them if one cannot be read."""
    found = metadata.get("managedFields")
    entries = found if isinstance(found, list) else []
    return list(entries) if all(_is_readable(entry) for entry in entries) else []


def _is_readable(entry: Any) -> bool:
    return (
        isinstance(entry, dict)
        and entry.get("operation") in ("Apply", "Update")
        and bool(entry.get("apiVersion"))
        and entry.get("fieldsType") == "FieldsV1"
        and isinstance(entry.get("fieldsV1", {}), dict)
    )


def resets(metadata: Document) -> bool:
    """Whether a client resets the entries: asks to forget who owns what."""
    return metadata.get("managedFields") in ([], [{}])


def ordered(entries: Iterable[Entry]) -> list[Entry]:
    """Appliers before updaters, and both in the order of their last writes."""
    return sorted(
        entries,
        key=lambda entry: (
            *(entry.get("operation") or "", entry.get("time") or "", entry.get("manager") or ""),
            *(entry.get("apiVersion") or "", entry.get("subresource") or ""),
        ),
    )


def capped(entries: Sequence[Entry]) -> list[Entry]:
    """The entries with the oldest updaters as one where there are too many."""
    updaters = [entry for entry in ordered(entries) if entry.get("operation") == "Update"]
    excess = len(updaters) - _UPDATERS
    if excess <= 0:
        return list(entries)
    oldest: dict[str, list[Entry]] = {}
    for entry in updaters:
        if excess <= 0:
            break
        group = oldest.setdefault(str(entry.get("apiVersion")), [])
        excess -= bool(group)
        group.append(entry)
    gone = [id(entry) for group in oldest.values() if len(group) > 1 for entry in group]
    kept = [entry for entry in entries if id(entry) not in gone]
    return kept + [_joined(group) for group in oldest.values() if len(group) > 1]


def _joined(group: Sequence[Entry]) -> Entry:
    fields: fieldsets.Fields = {}
    for entry in group:
        fields = fieldsets.union(fields, entry.get("fieldsV1") or {})
    newest = {key: value for key, value in group[-1].items() if key != "subresource"}
    return {**newest, "manager": ANCIENT, "fieldsV1": fields}
