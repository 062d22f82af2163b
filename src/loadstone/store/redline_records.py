"""Redline records as JSON files: strict to read, whole or absent on disk."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec

from loadstone.errors import InvalidFile, Problem
from loadstone.model import REDLINE_VERSION, RedlineRecord
from loadstone.store import files
from loadstone.store.decode import decode, field, unfit
from loadstone.store.migrations import own_words
from loadstone.store.records import MOST_BYTES, read

_NEXT = "it cannot be used; search again with `loadstone redline`"


def save(record: RedlineRecord, path: Path) -> None:
    """Write the record whole or not at all.

    Raises `InvalidFile` for what JSON cannot carry, `LoadstoneError` when it cannot be written.
    """
    problems = [
        Problem(where=f"{path}: {field(place)}", what=what)
        for place, what in unfit(msgspec.to_builtins(record))
    ]
    if problems:
        raise InvalidFile(problems, next_step="this is a defect of the search; please report it")
    files.replace(path, msgspec.json.encode(record) + b"\n")


def load(path: Path) -> RedlineRecord:
    """Read what `save` wrote. Raises `InvalidFile` with all its problems, or `UsageError`."""
    return decode(
        read(path, most=MOST_BYTES),
        RedlineRecord,
        where=str(path),
        next_step=_NEXT,
        upgrade=_upgrade,
    )


def redline_schema() -> dict[str, Any]:
    """The JSON schema (2020-12) of `redline.json`."""
    schema = msgspec.json.decode(msgspec.json.encode(msgspec.json.schema(RedlineRecord)))
    schema["$defs"]["RedlineRecord"]["properties"]["version"] = {"const": REDLINE_VERSION}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema}


def _upgrade(document: dict[str, Any]) -> dict[str, Any]:
    """The document in the newest format."""
    version = document.get("version")
    if version == 1:
        found = own_words(document)
        return {**found, "redlines": _reasons(document.get("redlines")), "version": REDLINE_VERSION}
    if version != REDLINE_VERSION:
        what = f"expected a version from 1 to {REDLINE_VERSION}, found {version}"
        problem = Problem(where="version", what=what)
        raise InvalidFile([problem], next_step="install a newer Loadstone, or search again")
    return document


def _reasons(document: Any) -> Any:
    """1 → 2: why a run gives no value was one text. What is not as it should be stays so."""
    if isinstance(document, list):
        return [_reasons(each) for each in document]
    if not isinstance(document, dict):
        return document
    text = document.get("reason", "") if "outcome" in document else ""
    said = {"reasons": [{"code": "", "data": {"text": text}}]} if text else {}
    return {key: _reasons(value) for key, value in document.items()} | said
