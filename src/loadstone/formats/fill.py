"""Filling of `${name}` in the strings of a file, when what it stands for is known. Pure.

What is to stay as it is written, for a shell or for the component itself, is escaped: `$${name}`
becomes `${name}`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from loadstone.errors import InvalidFile, Problem

ESCAPE = r"\$\$\{"  # before any placeholder: it is none
_WHOLE = re.compile(r"\$\{([a-z][a-z0-9_]*)\}")
_NAME = re.compile(rf"{ESCAPE}|{_WHOLE.pattern}")


def fill(value: Any, names: Mapping[str, str | int]) -> Any:
    """`value` with every `${name}` replaced, deeply.

    A string that is one `${name}` and nothing else becomes the value itself, so numbers stay
    numbers. Raises `InvalidFile` for a name that is not in `names`.
    """
    match value:
        case str():
            return _fill_text(value, names)
        case Mapping():
            return {fill(key, names): fill(item, names) for key, item in value.items()}
        case list() | tuple():
            return [fill(item, names) for item in value]
        case _:
            return value


def fill_text(text: str, names: Mapping[str, str | int]) -> str:
    """Like `fill`, for one string that stays a string."""
    return str(_fill_text(text, names))


def as_text(value: str | float | bool) -> str:
    """A value as it is written in a file: a truth as `true`."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def names_in(value: Any) -> Iterator[str]:
    """Every `${name}` in the strings of `value`, deeply."""
    match value:
        case str():
            yield from (name for name in _NAME.findall(value) if name)
        case Mapping():
            for item in (*value.keys(), *value.values()):
                yield from names_in(item)
        case list() | tuple():
            for item in value:
                yield from names_in(item)
        case _:
            pass


def _fill_text(text: str, names: Mapping[str, str | int]) -> str | int:
    unknown = {name for name in _NAME.findall(text) if name and name not in names}
    if unknown:
        raise InvalidFile(
            [Problem(where=f'"{text}"', what=f"nothing is called ${{{name}}}") for name in unknown],
            next_step=f"the names here are: {', '.join(sorted(names))}",
        )
    whole = _WHOLE.fullmatch(text)
    if whole:
        return names[whole[1]]
    return _NAME.sub(lambda found: str(names[found[1]]) if found[1] else "${", text)
