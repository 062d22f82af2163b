"""The cache as a table: what is kept between sessions, and what pruning removes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

from loadstone.report.common import units
from loadstone.report.common.plain import plain
from loadstone.report.common.plain_table import table

_LENGTHS = ((86_400, "day"), (3600, "hour"), (60, "minute"))  # s
_WHY: Mapping[str, str] = {"unused": "unused for long", "room": "the longest unused"}


class CacheLine(Protocol):
    """A thing in the cache: its size in By, and when it was last used in s since 1970."""

    @property
    def kind(self) -> str: ...

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int: ...

    @property
    def used(self) -> float: ...

    @property
    def busy(self) -> bool: ...


Removal = tuple[CacheLine, str]  # and why it goes


def terminal(
    root: str, entries: Sequence[CacheLine], *, now: float, unused: float, most: int
) -> str:
    """What is kept under `root`, and that what is unused for `unused` days or beyond `most` goes.

    `now`: s since 1970.
    """
    rows = [
        (
            each.kind,
            units.quantity("By", each.size),
            "in use" if each.busy else ago(now - each.used),
            plain(each.name),
        )
        for each in entries
    ]
    total = units.quantity("By", sum(each.size for each in entries))
    limits = f"{unused:g} days, and what is beyond {units.quantity('By', most)}"
    lines = [
        f"{root}: {total} in {_entries(len(entries))}",
        *(["", table(("what", "size", "last used", "name"), rows), ""] if rows else []),
        f"`loadstone prune` removes what was not used for {limits}, the longest unused first",
    ]
    return "\n".join(lines)


def pruned(
    root: str,
    gone: Sequence[tuple[CacheLine, str]],
    left: Sequence[CacheLine],
    *,
    dry_run: bool,
) -> str:
    """What pruning removed (or would remove), each with why it went, and what stays."""
    verb = "would remove" if dry_run else "removed"
    freed = units.quantity("By", sum(each.size for each, _ in gone))
    stay = units.quantity("By", sum(each.size for each in left))
    busy = sum(each.busy for each in left)
    used = f", {_entries(busy)} of it in use" if busy else ""
    return "\n".join([*_removals(verb, gone), f"{verb} {freed}; {stay} stay in {root}{used}"])


def ago(seconds: float) -> str:
    """How long ago something was, in its largest whole unit."""
    for length, unit in _LENGTHS:
        if seconds >= length:
            return f"{units.count(int(seconds // length), unit)} ago"
    return "just now"


def _removals(verb: str, gone: Sequence[Removal]) -> Iterator[str]:
    for each, why in gone:
        size = units.quantity("By", each.size)
        yield f"{verb} {each.kind} {plain(each.name)}: {size}, {_WHY[why]}"


def _entries(number: int) -> str:
    return units.count(number, "entry", "entries")
