"""CEL expressions, as admission policies hold them: compiled once, evaluated for many requests.

The language is a library's. What Kubernetes adds and is missing here is optional fields (`.?`) and
the functions for quantities, URLs, addresses and the authorizer: such an expression is refused
where it is written, never taken for true.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache
from typing import Any

_NATIVE = frozenset(
    {
        *("size", "contains", "startsWith", "endsWith", "matches", "type", "dyn", "has"),
        *("int", "uint", "double", "string", "bytes", "bool", "timestamp", "duration"),
        *("getFullYear", "getMonth", "getDate", "getDayOfMonth", "getDayOfWeek", "getDayOfYear"),
        *("getHours", "getMinutes", "getSeconds", "getMilliseconds", "find", "findAll"),
    }
)
_WORD = re.compile(r"[A-Za-z_]\w*")


class ExpressionError(Exception):
    """An expression that cannot be compiled, or has no value for a request."""


@lru_cache(maxsize=1024)
def read(text: str) -> Any:
    """The compiled program of an expression; raises `ExpressionError` with the parser's words."""
    import cel  # takes time to load, and few clusters have policies

    try:
        return cel.compile(text)
    except ValueError as error:
        raise ExpressionError(str(error)) from None


def strange(text: str, known: frozenset[str]) -> list[str]:
    """Names and functions in an expression that nothing defines; raises `ExpressionError`."""
    program = read(text)
    names = {name for name in program.variables() if not _of_macro(name, text)}
    called = {name for name in program.functions() if _WORD.fullmatch(name)}
    return sorted((names - known - _spaces()) | (called - _NATIVE - _library()))


def _of_macro(name: str, text: str) -> bool:
    """Whether a name stands for an item in `all(name, …)` and its like."""
    return re.search(rf"\(\s*{re.escape(name)}\s*,", text) is not None


@lru_cache(maxsize=1)
def _library() -> frozenset[str]:
    """What the library adds to the language's own functions, without their namespaces."""
    return frozenset(name.rpartition(".")[2] for name in _context({}).functions)


@lru_cache(maxsize=1)
def _spaces() -> frozenset[str]:
    return frozenset(name.partition(".")[0] for name in _context({}).functions if "." in name)


def evaluate(text: str, variables: Mapping[str, Any]) -> Any:
    """The value of an expression; raises `ExpressionError` where it has none."""
    program = read(text)
    try:
        return program.execute(_context(variables))
    except Exception as error:  # the library raises what fits: TypeError, KeyError, RuntimeError
        raise ExpressionError(_words(error)) from None


def _words(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"no such key: {error.args[0]}"
    return str(error)


def _context(variables: Mapping[str, Any]) -> Any:
    import cel

    context = cel.Context()
    cel.stdlib.add_stdlib_to_context(context)
    context.add_function("find", _find)
    context.add_function("findAll", lambda text, pattern: re.findall(pattern, text))
    for name, value in variables.items():
        context.add_variable(name, value)
    return context


def _find(text: str, pattern: str) -> str:
    found = re.search(pattern, text)
    return found.group() if found else ""
