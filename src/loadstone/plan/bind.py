"""Placeholders: finding `${name}` in plain data, and replacing the ones that are bound."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from loadstone.formats.yaml_text import Path
from loadstone.model import Scalar

_PLACEHOLDER = re.compile(r"\$\{([^{}]*)\}")


def bind(data: Any, values: Mapping[str, Scalar]) -> Any:
    """`data` with each `${name}` of `values` replaced; other placeholders stay.

    A string that is nothing but a placeholder becomes the value itself, a number included.
    """
    if isinstance(data, Mapping):
        return {key: bind(value, values) for key, value in data.items()}
    if isinstance(data, list):
        return [bind(item, values) for item in data]
    if not isinstance(data, str):
        return data
    whole = _PLACEHOLDER.fullmatch(data)
    if whole and whole[1] in values:
        return values[whole[1]]
    return _PLACEHOLDER.sub(lambda found: _text(found, values), data)


def placeholders(data: Any, path: Path = ()) -> Iterator[tuple[Path, str]]:
    """Each `${name}` in plain data: the path of its string, and the name."""
    if isinstance(data, Mapping):
        for key, value in data.items():
            yield from placeholders(value, (*path, key))
    elif isinstance(data, list):
        for index, item in enumerate(data):
            yield from placeholders(item, (*path, index))
    elif isinstance(data, str):
        yield from ((path, found[1]) for found in _PLACEHOLDER.finditer(data))


def _text(found: re.Match[str], values: Mapping[str, Scalar]) -> str:
    if found[1] not in values:
        return found[0]
    value = values[found[1]]
    return str(value).lower() if isinstance(value, bool) else str(value)
