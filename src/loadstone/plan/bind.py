"""Placeholders: finding `${name}` in plain data, and replacing the ones that are bound.

An escaped one, `$${name}`, is none, and stays escaped: what is bound here is filled later on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from loadstone.formats.fill import ESCAPE, as_text
from loadstone.formats.yaml_text import Path
from loadstone.model import Scalar

_WHOLE = re.compile(r"\$\{([^{}]*)\}")
_PLACEHOLDER = re.compile(rf"{ESCAPE}|{_WHOLE.pattern}")


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
    whole = _WHOLE.fullmatch(data)
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
        found = (each[1] for each in _PLACEHOLDER.finditer(data))
        yield from ((path, name) for name in found if name is not None)


def _text(found: re.Match[str], values: Mapping[str, Scalar]) -> str:
    if found[1] is None or found[1] not in values:
        return found[0]
    return as_text(values[found[1]])
