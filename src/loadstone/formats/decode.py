"""Decoding of a file's text to its type, with all its problems at once.

People write these files by hand: a decoder that stops at its first error makes them mend a file ten
times. The schema of the type finds everything in which a file differs; a misspelt key is read as
the one that was meant, and an amount that is none as 1, so that neither hides what else is wrong.

A file that is right needs no schema: its type takes it, which costs a tenth of that.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

import msgspec

from loadstone.errors import InvalidFile, Problem
from loadstone.formats.schema import Schema, strict_schema
from loadstone.formats.schema_problems import humane, mend
from loadstone.formats.schema_problems import problems as problems_of
from loadstone.formats.yaml_text import Document, Path, read

Kind = TypeVar("Kind", bound=msgspec.Struct)
Checks = Callable[[Kind, Document], Iterable[Problem]]
Prepare = Callable[[Document], Iterable[Problem]]


def decode(
    text: str,
    filename: str,
    kind: type[Kind],
    *,
    checks: Checks[Kind],
    prepare: Prepare = lambda _: (),
) -> Kind:
    """The value that a YAML text describes. Raises `InvalidFile` with all problems.

    `prepare` may turn texts into base units before the shape is looked at; `checks` says what the
    schema cannot. A misspelt key is read as the one that was meant, to find what else is wrong.
    """
    document = read(text, filename)
    problems = [*prepare(document), *humane(document, strict_schema(kind))]
    value = None if problems else _taken(document.data, kind)
    if value is None:
        document = read(text, filename)
        problems = list(_told(document, strict_schema(kind), prepare))
        value = _converted(document.data, kind)
    if value is not None:
        problems += checks(value, document)
    if value is None and not problems:
        problems = [_unforeseen(document, kind)]
    if value is None or problems:
        raise InvalidFile(in_order(problems))
    return value


def _taken(data: Any, kind: type[Kind]) -> Kind | None:
    """The value of data that is right; None of what has to be held against the schema.

    A type takes `null` where a key may be left out, and a file is to leave it out.
    """
    return None if any(value is None for _, value in paths(data)) else _converted(data, kind)


def _told(document: Document, schema: Schema, prepare: Prepare) -> Iterator[Problem]:
    """All that is wrong with a document, whose keys and amounts are mended for that."""
    seen = set()
    for problem in (*mend(document, schema), *prepare(document), *humane(document, schema)):
        seen.add(problem.where)
        yield problem
    yield from (found for found in problems_of(document, schema) if found.where not in seen)


def in_order(problems: Iterable[Problem]) -> list[Problem]:
    """Problems without repetition, by their place in the file."""
    numbers = re.compile(r"\d+")

    def key(problem: Problem) -> tuple[str, list[int]]:
        file, *_ = problem.where.partition(":")
        return file, [int(number) for number in numbers.findall(problem.where[len(file) :])]

    return sorted(dict.fromkeys(problems), key=key)


def _converted(data: Any, kind: type[Kind]) -> Kind | None:
    try:
        return msgspec.convert(data, kind)
    except msgspec.ValidationError:
        return None


def _unforeseen(document: Document, kind: type[msgspec.Struct]) -> Problem:
    """What the types refuse although the schema lets it through, in msgspec's words."""
    try:
        msgspec.convert(document.data, kind)
    except msgspec.ValidationError as error:
        return Problem(where=document.filename, what=str(error))
    raise AssertionError("it can be converted after all")


def paths(data: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Every value of plain data with its path, the outer ones first."""
    yield path, data
    if isinstance(data, dict):
        for key, value in data.items():
            yield from paths(value, (*path, key))
    elif isinstance(data, list):
        for index, value in enumerate(data):
            yield from paths(value, (*path, index))
