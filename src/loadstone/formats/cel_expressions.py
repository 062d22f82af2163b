"""CEL expressions over an object: read once, and held against many objects. Pure.

The language is a library's. What it lacks of Kubernetes' own functions is refused when a file is
read, never taken for true.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

NAME = "object"  # the one variable of an expression


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
    context.add_variable(NAME, thing)
    try:
        found = read(text).execute(context)
    except Exception as error:
        return f"`{text}` has no value: {error}"
    return "" if found is True else f"`{text}` is {str(found).lower()}"


def _of_macros(text: str) -> set[str]:
    """Names that stand for an item in `all(name, …)` and its like."""
    return set(re.findall(r"\(\s*([A-Za-z_]\w*)\s*,", text))
