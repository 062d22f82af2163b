"""Printer tables: the columns that kubectl shows of each kind, and their cells."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.printing.columns import NAME, Column, path

DEFAULT = (
    NAME,
    Column(name="Created At", type="date", cell=path("metadata", "creationTimestamp")),
)


def columns(resource: Resource, version: str) -> Sequence[Column]:
    """The columns of a resource: its own, those of its definition, or name and age."""
    definition = resource.definition(version)
    if definition is not None:
        from loadstone.apiserver.printing import custom_columns

        return custom_columns.columns(definition.columns)
    from loadstone.apiserver.printing.kind_columns import COLUMNS

    own = COLUMNS.get(resource.plural)
    if own is None:
        return DEFAULT
    return own if any(each.name == NAME.name for each in own) else (NAME, *own)


def cells(shown: Sequence[Column], document: Document) -> list[Any]:
    """The cells of a row."""
    return [_cell(column, document) for column in shown]


def _cell(column: Column, document: Document) -> Any:
    try:
        return column.cell(document)
    except (AttributeError, IndexError, KeyError, TypeError, ValueError):
        return "<invalid>"  # an object of an odd shape must not break the whole table
