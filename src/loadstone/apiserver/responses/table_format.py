"""The response format of table rows, as kubectl prints them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import orjson

from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.printing import printer_tables
from loadstone.apiserver.responses.encodings import JsonEncoding, json_format, partial
from loadstone.apiserver.storage.objects import StoredObject


class TableFormat(JsonEncoding):
    """Table rows, as kubectl prints them."""

    def __init__(self, resource: Resource, version: str, content_type: str, include: str) -> None:
        self.content_type = content_type
        self._columns = printer_tables.columns(resource, version)
        self._plain = json_format(resource, version)
        self._include = include or "Metadata"

    def object(self, stored: StoredObject) -> bytes:
        return self.list([stored], {"resourceVersion": str(stored.revision)})

    def list(self, items: Iterable[StoredObject], metadata: dict[str, Any]) -> bytes:
        return orjson.dumps(
            {
                "kind": "Table",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": metadata,
                "columnDefinitions": [column.definition() for column in self._columns],
                "rows": [self._row(stored) for stored in items],
            }
        )

    def bookmark(self, metadata: dict[str, Any]) -> bytes:
        row = orjson.Fragment(self._plain.bookmark(metadata))
        return orjson.dumps(
            {
                "kind": "Table",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": metadata,
                "columnDefinitions": [],
                "rows": [{"cells": [], "object": row}],
            }
        )

    def _row(self, stored: StoredObject) -> dict[str, Any]:
        row: dict[str, Any] = {"cells": printer_tables.cells(self._columns, stored.document())}
        if self._include == "Metadata":
            row["object"] = partial(stored)
        elif self._include == "Object":
            row["object"] = orjson.Fragment(self._plain.object(stored))
        return row
