"""Printer columns of custom resources: `additionalPrinterColumns` of their definitions."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.printing.columns import AGE, NAME, Cell, Column, elapsed

_STEP = re.compile(
    r"""\.?(?P<name>[A-Za-z_$@][\w-]*(?:\\.[\w./-]+)*)"""
    r"""|\[\?\(@\.(?P<key>\w+)\s*==\s*["'](?P<value>[^"']*)["']\)\]"""
    r"""|\[(?P<index>\d+|\*)\]"""
    r"""|\[['"](?P<quoted>[^'"]+)['"]\]"""
)


def columns(given: Sequence[Mapping[str, Any]]) -> Sequence[Column]:
    """The columns that a definition asks for, or name and age when it asks for none."""
    if not given:
        return (NAME, AGE)
    return (NAME, *(_column(column) for column in given))


def _column(given: Mapping[str, Any]) -> Column:
    find = json_path(given.get("jsonPath", ""))
    kind = given.get("type", "string")
    return Column(
        name=given.get("name", ""),
        type="string" if kind == "date" else kind,
        format=given.get("format", ""),
        description=given.get("description", ""),
        priority=given.get("priority", 0),
        cell=_date(find) if kind == "date" else find,
    )


def _date(find: Cell) -> Cell:
    return lambda document: elapsed(found) if (found := find(document)) else "<unknown>"


def json_path(text: str) -> Cell:
    """The JSONPath that printer columns use: names, indices, `[*]` and `[?(@.a=="b")]`."""
    steps = [match.groupdict() for match in _STEP.finditer(text)]

    def find(document: Document) -> Any:
        found: list[Any] = [document]
        for step in steps:
            found = [inner for value in found for inner in _take(value, step)]
        if not found:
            return None
        return found[0] if len(found) == 1 else ",".join(str(value) for value in found)

    return find


def _take(value: Any, step: Mapping[str, str | None]) -> list[Any]:
    name = step["name"] or step["quoted"]
    if name is not None:
        name = name.replace("\\.", ".")
        return [value[name]] if isinstance(value, dict) and name in value else []
    if not isinstance(value, list):
        return []
    if step["key"]:
        return [i for i in value if isinstance(i, dict) and i.get(step["key"]) == step["value"]]
    index = step["index"]
    return value if index == "*" else value[int(index or 0) :][:1]
