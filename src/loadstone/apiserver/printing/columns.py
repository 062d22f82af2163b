"""Columns of tables, and the cells that many kinds have."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from loadstone.apiserver.machinery.documents import Document, dig

Cell = Callable[[Document], Any]


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a table: its definition, and the cell of an object."""

    name: str
    cell: Cell
    type: str = "string"
    format: str = ""
    description: str = ""
    priority: int = 0  # above 0: only with -o wide

    def definition(self) -> dict[str, Any]:
        """The definition as clients get it."""
        return {
            "name": self.name,
            "type": self.type,
            "format": self.format,
            "description": self.description,
            "priority": self.priority,
        }


def path(*steps: str) -> Cell:
    """A cell with the value at a path."""
    return lambda document: dig(document, steps)


def text(*steps: str, absent: str = "<none>") -> Cell:
    """A cell with the value at a path as text, and a word where there is none."""

    def cell(document: Document) -> str:
        value = dig(document, steps)
        return absent if value in (None, "", [], {}) else str(value)

    return cell


def size(*steps: str) -> Cell:
    """A cell with the number of items at a path."""
    return lambda document: len(dig(document, steps) or ())


def age(document: Document) -> str:
    """The age of an object."""
    created = dig(document, ("metadata", "creationTimestamp"))
    return elapsed(created) if created else "<unknown>"


_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400


# up to so many seconds: in this unit, and in this smaller one if it is named
_AGES = (
    (2 * _MINUTE, 1, "s", 1, ""),
    (10 * _MINUTE, _MINUTE, "m", 1, "s"),
    (3 * _HOUR, _MINUTE, "m", 1, ""),
    (8 * _HOUR, _HOUR, "h", _MINUTE, "m"),
    (2 * _DAY, _HOUR, "h", _MINUTE, ""),
    (8 * _DAY, _DAY, "d", _HOUR, "h"),
    (2 * _YEAR, _DAY, "d", _HOUR, ""),
    (8 * _YEAR, _YEAR, "y", _DAY, "d"),
)


def elapsed(moment: str, now: datetime | None = None) -> str:
    """The time since an RFC 3339 moment, in the two biggest units, as kubectl writes it."""
    try:
        then = datetime.fromisoformat(moment)
    except ValueError:
        return "<invalid>"
    seconds = max(0, int(((now or datetime.now(UTC)) - then).total_seconds()))
    for bound, size, unit, smaller_size, smaller in _AGES:
        if seconds < bound:
            first, rest = divmod(seconds, size)
            second = rest // smaller_size if smaller else 0
            return f"{first}{unit}{second}{smaller}" if second else f"{first}{unit}"
    return f"{seconds // _YEAR}y"


NAME = Column(
    name="Name",
    type="string",
    format="name",
    cell=path("metadata", "name"),
    description="Name must be unique within a namespace.",
)


AGE = Column(name="Age", cell=age, description="The time since the object was created.")


def pairs(labels: Mapping[str, str] | None) -> str:
    """Labels as `a=b,c=d`."""
    return ",".join(f"{key}={value}" for key, value in (labels or {}).items()) or "<none>"
