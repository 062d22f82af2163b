"""How objects are written for a client: as themselves, as metadata alone, or as table rows."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import orjson

from loadstone.cluster.memory import tables
from loadstone.cluster.memory.resources import Resource, group_version
from loadstone.cluster.memory.routing import Call
from loadstone.cluster.memory.status import not_acceptable
from loadstone.cluster.memory.store import Stored, head

ACCEPTED = ("application/json",)


class Format(Protocol):
    """One way of writing objects of one resource and version."""

    content_type: str

    def object(self, stored: Stored) -> bytes:
        """One object, on its own or in an event."""

    def list(self, items: Iterable[Stored], metadata: dict[str, Any]) -> bytes:
        """A list of them; `metadata` is that of the list."""

    def bookmark(self, metadata: dict[str, Any]) -> bytes:
        """An object that carries metadata only."""


class Plain:
    """The objects themselves."""

    content_type = "application/json"

    def __init__(self, resource: Resource, version: str) -> None:
        self._resource = resource
        self._version = version
        self._head = head(resource, version)
        # items of a built-in list do not repeat their type, those of a custom one do
        self._item = self._head if resource.custom else b"{"

    def object(self, stored: Stored) -> bytes:
        return self._head + stored.tail

    def list(self, items: Iterable[Stored], metadata: dict[str, Any]) -> bytes:
        api_version = group_version(self._resource.group, self._version)
        start = orjson.dumps(
            {
                "kind": self._resource.list_name,
                "apiVersion": api_version,
                "metadata": metadata,
            }
        )
        item = self._item
        return b'%b,"items":[%b]}' % (
            start[:-1],
            b",".join([item + stored.tail for stored in items]),
        )

    def bookmark(self, metadata: dict[str, Any]) -> bytes:
        tail = orjson.dumps({"metadata": {**metadata, "creationTimestamp": None}})[1:]
        return self._head + tail


class Metadata:
    """PartialObjectMetadata, as metadata informers ask for it."""

    def __init__(self, content_type: str) -> None:
        self.content_type = content_type

    def object(self, stored: Stored) -> bytes:
        return orjson.dumps(_partial(stored))

    def list(self, items: Iterable[Stored], metadata: dict[str, Any]) -> bytes:
        return orjson.dumps(
            {
                "kind": "PartialObjectMetadataList",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": metadata,
                "items": [_partial(stored) for stored in items],
            }
        )

    def bookmark(self, metadata: dict[str, Any]) -> bytes:
        return orjson.dumps(
            {
                "kind": "PartialObjectMetadata",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": {**metadata, "creationTimestamp": None},
            }
        )


class Table:
    """Table rows, as kubectl prints them."""

    def __init__(self, resource: Resource, version: str, content_type: str, include: str) -> None:
        self.content_type = content_type
        self._columns = tables.columns(resource, version)
        self._plain = Plain(resource, version)
        self._include = include or "Metadata"

    def object(self, stored: Stored) -> bytes:
        return self.list([stored], {"resourceVersion": str(stored.revision)})

    def list(self, items: Iterable[Stored], metadata: dict[str, Any]) -> bytes:
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

    def _row(self, stored: Stored) -> dict[str, Any]:
        row: dict[str, Any] = {"cells": tables.cells(self._columns, stored.document())}
        if self._include == "Metadata":
            row["object"] = _partial(stored)
        elif self._include == "Object":
            row["object"] = orjson.Fragment(self._plain.object(stored))
        return row


def of(call: Call, *, many: bool = False) -> Format:
    """The first format of a call's Accept header that is spoken here, of one object or of `many`.

    Raises 406 when there is none. Protobuf is not spoken: clients that ask for it also accept JSON.
    """
    for entry in call.accept.split(",") if call.accept else ["*/*"]:
        media, _, rest = entry.strip().partition(";")
        if media.strip() not in ("application/json", "*/*", "application/*"):
            continue
        parameters = dict(_parameter(part) for part in rest.split(";") if "=" in part)
        chosen = _format(call, parameters, entry.strip(), many)
        if chosen is not None:
            return chosen
    raise not_acceptable(ACCEPTED)


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _format(call: Call, parameters: dict[str, str], entry: str, many: bool) -> Format | None:
    kind = parameters.get("as", "")
    if not kind:
        return Plain(call.resource, call.version)
    if parameters.get("g") != "meta.k8s.io" or parameters.get("v") != "v1":
        return None
    if kind == "Table":
        return Table(call.resource, call.version, entry, call.options.include_object)
    if kind == ("PartialObjectMetadataList" if many else "PartialObjectMetadata"):
        return Metadata(entry)
    # a watch of partial metadata asks for single objects
    return Metadata(entry) if kind == "PartialObjectMetadata" else None


def _partial(stored: Stored) -> dict[str, Any]:
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": stored.document()["metadata"],
    }
