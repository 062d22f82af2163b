"""Strict decoding of untrusted bytes to a value of `model`, with every problem there is."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

import msgspec

from loadstone.errors import InvalidFile, Problem

T = TypeVar("T")
Path = tuple[str | int, ...]

DEEPEST = 64  # a record is about 10 deep; what is far deeper was made to break its reader
_LARGEST = 2**63  # readers in other languages keep whole numbers in 64 bits
_MOST_PROBLEMS = 50  # that are told; nobody mends more in one go
_NUMBER = re.compile(r"[-+.eE\d]+")  # what is left when a file ends within a number
_LONGEST = 60  # characters of a wrong value that a message repeats


def decode(
    data: bytes,
    kind: type[T],
    *,
    where: str,
    next_step: str,
    upgrade: Callable[[dict[str, Any]], dict[str, Any]] | None = None,
) -> T:
    """Read JSON strictly as a `kind`, after `upgrade` has made the newest format of it.

    Unknown keys are passed over, so that a field that was added later does not shut out an older
    reader. Raises `InvalidFile` with all problems, each at `where` and its field.
    """
    raw = parse(data, where=where, next_step=next_step)
    if not isinstance(raw, dict):
        raise _invalid([((), f"expected an object, found {_words(raw)}")], where, next_step)
    found = list(unfit(raw))
    if found:
        raise _invalid(found, where, next_step)
    current = upgrade(raw) if upgrade else raw
    try:
        return msgspec.convert(current, kind)
    except msgspec.ValidationError as error:
        problems = list(_explain(current, kind)) or [((), str(error))]
        raise _invalid(problems, where, next_step) from error


def parse(data: bytes, *, where: str, next_step: str) -> Any:
    """Read JSON as plain data. Raises `InvalidFile` where it is none."""
    try:
        return msgspec.json.decode(data)
    except RecursionError as error:
        raise _invalid([((), f"nested more than {DEEPEST} deep")], where, next_step) from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise _invalid(_malformed(data, error), where, next_step) from error


def unfit(raw: Any) -> Iterator[tuple[Path, str]]:
    """The problem of a value that JSON cannot carry: not finite, huge, or nested too deep."""
    stack: list[tuple[Path, Any]] = [((), raw)]
    while stack:
        path, value = stack.pop()
        if isinstance(value, dict | list | tuple) and len(path) >= DEEPEST:
            yield path[:3], f"nested more than {DEEPEST} deep"
            return
        if isinstance(value, dict):
            stack.extend(((*path, key), value[key]) for key in reversed(value))
        elif isinstance(value, list | tuple):
            last = len(value) - 1
            stack.extend(((*path, last - i), item) for i, item in enumerate(reversed(value)))
        elif isinstance(value, float) and not -float("inf") < value < float("inf"):
            yield path, f"expected a finite number, found {value}"
        elif isinstance(value, int) and not -_LARGEST <= value < _LARGEST:
            yield path, "the number is too large"


def field(path: Path) -> str:
    """The name of a place in a document: `plan.cases[3].axes["body size"]`."""
    text = ""
    for part in path:
        if isinstance(part, int):
            text += f"[{part}]"
        elif part.isidentifier():
            text += f".{part}"
        else:
            text += f"[{json.dumps(part[:_LONGEST])}]"
    return text.removeprefix(".")


def _invalid(found: Sequence[tuple[Path, str]], where: str, next_step: str) -> InvalidFile:
    problems = [
        Problem(where=f"{where}: {field(path)}" if path else where, what=what)
        for path, what in found[:_MOST_PROBLEMS]
    ]
    if len(found) > _MOST_PROBLEMS:
        more = len(found) - _MOST_PROBLEMS
        problems.append(Problem(where=where, what=f"and {more} more problems like these"))
    return InvalidFile(problems, next_step=next_step)


def _malformed(data: bytes, error: Exception) -> list[tuple[Path, str]]:
    """Where exactly it stops being JSON; numbers that are none are found all at once."""
    try:
        # The standard library takes NaN and Infinity, so that they can be named.
        return list(unfit(json.loads(data))) or [((), f"not JSON ({error})")]
    except RecursionError:
        return [((), f"nested more than {DEEPEST} deep")]
    except json.JSONDecodeError as syntax:
        within_a_number = _NUMBER.fullmatch(syntax.doc[syntax.pos :])
        if str(error).endswith("truncated") or within_a_number:
            return [((), f"it ends in the middle, after {len(data)} bytes")]
        return [((), f"line {syntax.lineno}, column {syntax.colno}: not JSON ({syntax.msg})")]
    except ValueError:
        return [((), f"not JSON ({error})")]


def _explain(raw: Any, kind: type) -> Iterator[tuple[Path, str]]:
    """Everything the schema has against it. Slow, so only for what is known to be wrong."""
    import jsonschema

    validator = jsonschema.Draft202012Validator(msgspec.json.schema(kind))
    for error in validator.iter_errors(raw):
        yield from _plain(error)


def _plain(error: Any) -> Iterator[tuple[Path, str]]:
    path: Path = tuple(error.absolute_path)
    if error.validator == "anyOf":
        yield from _nearest(error, path)
    elif error.validator == "required":
        missing = [name for name in error.validator_value if name not in error.instance]
        name = next(name for name in missing if f"'{name}'" in error.message)
        yield (*path, name), "is missing"
    elif error.validator == "enum":
        known = ", ".join(str(value) for value in error.validator_value)
        yield path, f"expected one of {known}; found {_words(error.instance)}"
    elif error.validator == "type":
        yield path, f"expected {_article(error.validator_value)}, found {_words(error.instance)}"
    else:
        yield path, f"{error.message[:200]}"


def _nearest(error: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """The problems of the alternative that came closest: of `X or null`, those of X."""
    inside = [part for part in error.context if len(part.absolute_path) > len(path)]
    if inside:
        for part in inside:
            yield from _plain(part)
        return
    types = [part.validator_value for part in error.context if part.validator == "type"]
    yield path, f"expected {' or '.join(types)}, found {_words(error.instance)}"


def _article(kind: str) -> str:
    return f"an {kind}" if kind[0] in "aeiou" else f"a {kind}"


def _words(value: Any) -> str:
    match value:
        case None:
            return "null"
        case bool():
            return str(value).lower()
        case int() | float():
            return f"the number {value}"[:_LONGEST]
        case str():
            return f"the string {json.dumps(value[:_LONGEST], ensure_ascii=False)}"
        case list():
            return "an array"
        case _:
            return "an object"
