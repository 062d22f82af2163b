"""Migrations of older records: for every version that ever was, the step to the next.

To change the record's format incompatibly: raise `model.RECORD_VERSION`, add the step from the
version before to `STEPS`, and keep a file of that version under `tests/data/records/`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from loadstone.model import RECORD_VERSION

Document = dict[str, Any]


def from_draft(document: Document) -> Document:
    """0 → 1: the drafts had no version number, and kept the tools' versions among the facts."""
    environment = dict(document.get("environment") or {})
    facts = dict(environment.get("facts") or {})
    tools = {
        name.removeprefix("tool."): str(facts.pop(name))
        for name in list(facts)
        if name.startswith("tool.")
    }
    return {**document, "environment": {**environment, "facts": facts, "tools": tools}}


def own_words(document: Document) -> Document:
    """1 → 2: notes were worded where they were made; these words are now data among others.

    It leaves alone what is of the newest form, so it serves for files without a version too.
    """
    return {
        key: _notes(value) if key in _NOTES else _inside(value) for key, value in document.items()
    }


def _notes(value: Any) -> Any:
    if isinstance(value, list):
        return [_notes(each) for each in value]
    if not isinstance(value, dict) or "text" not in value or "data" in value:
        return value
    return {name: what for name, what in value.items() if name != "text"} | {
        "data": {"text": value["text"]}
    }


def _inside(value: Any) -> Any:
    if isinstance(value, dict):
        return own_words(value)
    return [_inside(each) for each in value] if isinstance(value, list) else value


_NOTES = frozenset({"invalid", "notes", "reason", "refused", "warnings"})  # where notes lie
STEPS: Mapping[int, Callable[[Document], Document]] = {0: from_draft, 1: own_words}


def upgrade(document: Document) -> Document:
    """The document in the newest format.

    A document without a version is a draft's. Raises `ValueError`, in words, for a version that
    this release does not know.
    """
    version = document.get("version", 0)
    if isinstance(version, bool) or not isinstance(version, int) or version < 0:
        raise ValueError(f"expected a version from 0 to {RECORD_VERSION}, found {version!r:.40}")
    if version > RECORD_VERSION:
        raise ValueError(
            f"written by a newer Loadstone (version {version}; this one reads up to "
            f"{RECORD_VERSION})"
        )
    for step in range(version, RECORD_VERSION):
        document = {**STEPS[step](document), "version": step + 1}
    return document
