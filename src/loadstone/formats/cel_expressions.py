"""CEL expressions over an object: read once, and held against many objects. Pure.

The language is a library's. What it lacks of Kubernetes' own functions is refused when a file is
read, never taken for true.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

NAME = "object"  # the one variable of an expression
_WHOLE = re.compile(rf"\b{NAME}\b")
_FIELD = re.compile(rf"\b{NAME}\.(\w+)\b(?!\s*\()")  # and no macro, as `object.all(…)`


class NoExpression(ValueError):
    """An expression that cannot be read, with the parser's words."""


@lru_cache(maxsize=4096)
def read(text: str) -> Any:
    """The program of an expression. Raises `NoExpression`."""
    import cel  # takes time to load, and few scenarios have any

    try:
        program = cel.compile(text)
    except ValueError as error:
        raise NoExpression(" ".join(str(error).split())) from None
    unknown = sorted(set(program.variables()) - {NAME} - _of_macros(text))
    if unknown:
        raise NoExpression(f"it names `{unknown[0]}`, and knows `{NAME}` alone")
    return program


def missing(text: str, thing: Mapping[str, Any]) -> str:
    """The reason why an expression does not hold of an object, in words; empty where it does."""
    import cel

    context = cel.Context()
    cel.stdlib.add_stdlib_to_context(context)
    context.add_variable(NAME, {key: thing[key] for key in _named(text, thing) if key in thing})
    try:
        found = read(text).execute(context)
    except Exception as error:
        return f"`{text}` has no value: {error}"
    return "" if found is True else f"`{text}` is {str(found).lower()}"


def _named(text: str, thing: Mapping[str, Any]) -> Iterable[str]:
    """The fields of the object that an expression can look at, all of them where that is unclear.

    An object is brought over as a whole, which takes most of the time, and a watch brings many.
    """
    fields = _fields(text)
    return thing if fields is None else fields


@lru_cache(maxsize=4096)
def _fields(text: str) -> frozenset[str] | None:
    """The fields that follow `object.`; None where it stands anywhere without one."""
    fields = _FIELD.findall(text)
    return frozenset(fields) if len(fields) == len(_WHOLE.findall(text)) else None


def _of_macros(text: str) -> set[str]:
    """Names that stand for an item in `all(name, …)` and its like."""
    return set(re.findall(r"\(\s*([A-Za-z_]\w*)\s*,", text))
