"""YAML text to plain data that remembers where each value was written.

Only the plain part of YAML: no tags, no merge keys, and scalars as in YAML 1.2 (`on` and `12:30`
are text). A key that is written twice, and text made to blow up when read, are problems.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import yaml

from loadstone.errors import InvalidFile, Problem
from loadstone.formats.yaml_nodes import compose, is_plain

Path = tuple[str | int, ...]

MAX_CHARACTERS = 1 << 20  # the longest shipped file has 7 thousand
MAX_VALUES = 50_000  # after aliases are followed
MAX_DEPTH = 40  # the deepest shipped file has 15

_TEXT = "tag:yaml.org,2002:str"
_PLAIN_TAGS = {_TEXT, "tag:yaml.org,2002:map", "tag:yaml.org,2002:seq"}
_INTEGER = re.compile(r"[-+]?[0-9]{1,18}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]{1,3})?")
_WORDS: Mapping[str, bool | None] = {
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
    **dict.fromkeys(("null", "Null", "NULL", "~", ""), None),
}


@dataclass(frozen=True, kw_only=True)
class PlaceInFile:
    """A place in a file, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True, kw_only=True)
class Document:
    """Plain data, with the place of every value and of every key by its path."""

    filename: str
    data: Any
    values: dict[Path, PlaceInFile] = field(default_factory=dict)
    keys: dict[Path, PlaceInFile] = field(default_factory=dict)
    units: dict[Path, str] = field(default_factory=dict)  # of values that were written with a unit

    def where(self, path: Path, *, key: bool = False) -> str:
        """`file:line:column` of a value (or of its key); of the nearest enclosing one, if none."""
        for end in range(len(path), -1, -1):
            places = (self.keys, self.values) if key else (self.values, self.keys)
            for known in places:
                if place := known.get(path[:end]):
                    return f"{self.filename}:{place.line}:{place.column}"
        return self.filename


def read(text: str, filename: str) -> Document:
    """The data of YAML text. Raises `InvalidFile` with what keeps it from being read."""
    if len(text) > MAX_CHARACTERS:
        raise _invalid(filename, f"has {len(text)} characters", f"at most {MAX_CHARACTERS}")
    try:
        root = compose(text)
    except yaml.MarkedYAMLError as error:
        raise InvalidFile([_syntax(error, text, filename)]) from None
    except yaml.YAMLError as error:
        raise _invalid(filename, f"is no YAML: {str(error).splitlines()[0]}") from None
    except RecursionError:
        raise _invalid(filename, "is nested too deeply", f"at most {MAX_DEPTH} levels") from None
    if root is None:
        raise _invalid(filename, "is empty")
    reader = _Reader(filename)
    data = reader.value(root, ())
    if reader.problems:
        raise InvalidFile(reader.problems)
    return Document(filename=filename, data=data, values=reader.values, keys=reader.keys)


class _Reader:
    """One pass over the nodes: builds the data and collects places and problems."""

    def __init__(self, filename: str) -> None:
        self.filename = filename
        self.values: dict[Path, PlaceInFile] = {}
        self.keys: dict[Path, PlaceInFile] = {}
        self.problems: list[Problem] = []

    def value(self, node: yaml.Node, path: Path) -> Any:
        self.values[path] = _place(node)
        if self._too_much(node, path):
            return None
        if node.tag not in _PLAIN_TAGS:
            self._problem(node, f"the tag `{node.tag}` is not supported", "leave it out")
        if isinstance(node, yaml.MappingNode):
            return dict(self._entries(node, path))
        if isinstance(node, yaml.SequenceNode):
            return [self.value(item, (*path, i)) for i, item in enumerate(node.value)]
        return scalar(node.value) if is_plain(node) else node.value

    def _entries(self, node: yaml.MappingNode, path: Path) -> Iterator[tuple[str, Any]]:
        first: dict[str, PlaceInFile] = {}
        for key_node, value_node in node.value:
            key = key_node.value
            if not isinstance(key, str):
                self._problem(key_node, "a key has to be text")
            elif key == "<<" and is_plain(key_node):
                self._problem(key_node, "merge keys (`<<`) are not supported", "repeat the keys")
            elif key in first:
                before = f"it is already on line {first[key].line}"
                self._problem(key_node, f"the key `{key}` is written twice", before)
            else:
                first[key] = self.keys[(*path, key)] = _place(key_node)
                yield key, self.value(value_node, (*path, key))

    def _too_much(self, node: yaml.Node, path: Path) -> bool:
        """Stops at the limits, with one problem: an alias may refer to what encloses it."""
        if len(path) > MAX_DEPTH:
            self._once(node, "this is nested too deeply", f"at most {MAX_DEPTH} levels")
        elif len(self.values) > MAX_VALUES:
            self._once(node, "too many values once aliases are followed", f"at most {MAX_VALUES}")
        else:
            return False
        return True

    def _once(self, node: yaml.Node, what: str, hint: str) -> None:
        if not any(problem.what == what for problem in self.problems):
            self._problem(node, what, hint)

    def _problem(self, node: yaml.Node, what: str, hint: str = "") -> None:
        place = _place(node)
        where = f"{self.filename}:{place.line}:{place.column}"
        self.problems.append(Problem(where=where, what=what, hint=hint))


def scalar(text: str) -> str | int | float | bool | None:
    """The value of an unquoted scalar (YAML 1.2, core schema, decimal numbers only)."""
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    if _FLOAT.fullmatch(text) and math.isfinite(number := float(text)):
        return number
    return text


def _place(node: yaml.Node) -> PlaceInFile:
    return PlaceInFile(line=node.start_mark.line + 1, column=node.start_mark.column + 1)


def _syntax(error: yaml.MarkedYAMLError, text: str, filename: str) -> Problem:
    mark = error.problem_mark or error.context_mark
    where = f"{filename}:{mark.line + 1}:{mark.column + 1}" if mark else filename
    context = f" {error.context}" if error.context else ""
    line = text.splitlines()[mark.line : mark.line + 1] if mark else []
    hint = "between { and }, `${…}` needs quotes around it" if "${" in "".join(line) else ""
    return Problem(where=where, what=f"is no YAML: {error.problem}{context}", hint=hint)


def _invalid(filename: str, what: str, hint: str = "") -> InvalidFile:
    return InvalidFile([Problem(where=filename, what=what, hint=hint)])
