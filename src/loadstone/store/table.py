"""The table of baseline stores, and how one is opened by what a user gives for it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from loadstone.errors import UsageError
from loadstone.store.directory import DirectoryStore
from loadstone.store.protocol import Store

STORES: Mapping[str, Callable[[str], Store]] = {"directory": DirectoryStore}
DEFAULT = "directory"


def open_store(where: str | Path, table: Mapping[str, Callable[[str], Store]] = STORES) -> Store:
    """The store at `KIND:PLACE`, or at a path, which is a directory.

    Raises `UsageError` for a kind that the table lacks.
    """
    kind, colon, place = str(where).partition(":")
    if not colon or "/" in kind or "\\" in kind:
        kind, place = DEFAULT, str(where)
    if kind not in table:
        raise UsageError(
            f"there is no kind of store called `{kind}`",
            next_step=f"choose one of: {', '.join(table)}; or write ./{where} for a directory",
        )
    return table[kind](place)
