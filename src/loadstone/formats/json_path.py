"""JSONPath as `kubectl wait` takes it: names, quoted names, indexes and `[*]`. Pure.

Filters (`[?(@.type=="Ready")]`) and ranges are not read: `condition=` and CEL say the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

Keys = tuple[str | int, ...]
EVERY = "*"  # each item of a list, each value of a mapping

_PART = re.compile(
    r"""\.?(?P<name>[A-Za-z_][\w-]*)|\[(?P<index>-?\d+)\]|\[(?P<quote>['"])(?P<quoted>.+?)(?P=quote)\]"""
    r"""|\.?(?P<every>\*)|\[(?P<every_item>\*)\]"""
)


class NoPath(ValueError):
    """A text that is no path, with what is wrong with it."""


def keys(text: str) -> Keys:
    """The keys of a path as `{.status.phase}`, `.status.phase` or `status.phase`.

    Raises `NoPath`.
    """
    inner = text.strip()
    if inner.startswith("{") and inner.endswith("}"):
        inner = inner[1:-1].strip()
    inner = inner.removeprefix("$")
    found: list[str | int] = []
    place = 0
    while place < len(inner):
        part = _PART.match(inner, place)
        if part is None:
            raise NoPath(f"`{inner[place:]}` is no name, index or [*] of a JSONPath")
        found.append(_key(part))
        place = part.end()
    if not found:
        raise NoPath("the path is empty")
    return tuple(found)


def find(data: Any, path: Keys) -> Iterator[Any]:
    """The values at a path; none where it leads nowhere."""
    if not path:
        yield data
        return
    first, rest = path[0], path[1:]
    for value in _behind(data, first):
        yield from find(value, rest)


def _key(part: re.Match[str]) -> str | int:
    if part["index"] is not None:
        return int(part["index"])
    return part["name"] or part["quoted"] or EVERY


def _behind(data: Any, key: str | int) -> list[Any]:
    if key == EVERY:
        every = data.values() if isinstance(data, Mapping) else data
        return list(every) if isinstance(data, Mapping | list) else []
    if isinstance(key, int):
        in_range = isinstance(data, list) and -len(data) <= key < len(data)
        return [data[key]] if in_range else []
    return [data[key]] if isinstance(data, Mapping) and key in data else []
