"""Response encoding: objects as themselves, as metadata alone, or as table rows."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from functools import lru_cache
from typing import Any, Protocol

import orjson

from loadstone.apiserver.objects.store import StoredObject, head
from loadstone.apiserver.printing import tables
from loadstone.apiserver.routing import Call
from loadstone.apiserver.types.resources import Resource, group_version
from loadstone.apiserver.wire.status import not_acceptable

PROTOBUF = "application/vnd.kubernetes.protobuf"
ACCEPTED = ("application/json", "application/yaml", PROTOBUF)


class Format(Protocol):
    """One way of writing objects of one resource and version."""

    @property
    def content_type(self) -> str:
        """Of one object or a list."""

    @property
    def stream_type(self) -> str:
        """Of a watch."""

    def object(self, stored: StoredObject) -> bytes:
        """One object, on its own or in an event."""

    def list(self, items: Iterable[StoredObject], metadata: dict[str, Any]) -> bytes:
        """A list of them; `metadata` is that of the list."""

    def bookmark(self, metadata: dict[str, Any]) -> bytes:
        """An object that carries metadata only."""

    def event(self, kind: bytes, item: bytes) -> bytes:
        """A watch event around an object or a bookmark."""

    def error(self, failure: dict[str, Any]) -> bytes:
        """A Status, as the object of an event."""


class _Json:
    """What all formats in JSON have in common."""

    content_type = "application/json"

    @property
    def stream_type(self) -> str:
        return self.content_type

    def event(self, kind: bytes, item: bytes) -> bytes:
        return b'{"type":"%b","object":%b}\n' % (kind, item)

    def error(self, failure: dict[str, Any]) -> bytes:
        return orjson.dumps(failure)


class Plain(_Json):
    """The objects themselves."""

    def __init__(self, resource: Resource, version: str) -> None:
        self._resource = resource
        self._version = version
        self._head = head(resource, version)
        # items of a built-in list do not repeat their type, those of a custom one do
        self._item = self._head if resource.custom else b"{"

    def object(self, stored: StoredObject) -> bytes:
        return self._head + self._tail(stored)

    def _tail(self, stored: StoredObject) -> bytes:
        return stored.tail

    def list(self, items: Iterable[StoredObject], metadata: dict[str, Any]) -> bytes:
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
            b",".join([item + self._tail(stored) for stored in items]),
        )

    def bookmark(self, metadata: dict[str, Any]) -> bytes:
        tail = orjson.dumps({"metadata": {**metadata, "creationTimestamp": None}})[1:]
        return self._head + tail


class View(Plain):
    """Objects in another shape than they are kept in."""

    def _tail(self, stored: StoredObject) -> bytes:
        from loadstone.apiserver.objects import views  # for the kinds that have one

        return orjson.dumps(views.shown(self._resource, stored))[1:]


class Yaml(Plain):
    """The objects themselves, for people."""

    content_type = "application/yaml"

    def object(self, stored: StoredObject) -> bytes:
        return _yaml(super().object(stored))

    def list(self, items: Iterable[StoredObject], metadata: dict[str, Any]) -> bytes:
        return _yaml(super().list(items, metadata))


def _yaml(written: bytes) -> bytes:
    import yaml  # few clients ask for it

    text: bytes = yaml.safe_dump(orjson.loads(written), sort_keys=False, encoding="utf-8")
    return text


class Metadata(_Json):
    """PartialObjectMetadata, as metadata informers ask for it."""

    def __init__(self, content_type: str) -> None:
        self.content_type = content_type

    def object(self, stored: StoredObject) -> bytes:
        return orjson.dumps(partial(stored))

    def list(self, items: Iterable[StoredObject], metadata: dict[str, Any]) -> bytes:
        return orjson.dumps(
            {
                "kind": "PartialObjectMetadataList",
                "apiVersion": "meta.k8s.io/v1",
                "metadata": metadata,
                "items": [partial(stored) for stored in items],
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


class Table(_Json):
    """Table rows, as kubectl prints them."""

    def __init__(self, resource: Resource, version: str, content_type: str, include: str) -> None:
        self.content_type = content_type
        self._columns = tables.columns(resource, version)
        self._plain = _plain(resource, version)
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
        row: dict[str, Any] = {"cells": tables.cells(self._columns, stored.document())}
        if self._include == "Metadata":
            row["object"] = partial(stored)
        elif self._include == "Object":
            row["object"] = orjson.Fragment(self._plain.object(stored))
        return row


def of(call: Call, *, many: bool = False) -> Format:
    """The first format of a call's Accept header that is spoken here, of one object or of `many`.

    Raises 406 when there is none.
    """
    if not call.accept or call.accept == "application/json":
        return _plain(call.resource, call.version)
    for entry in _by_liking(call.accept):
        media, _, rest = entry.partition(";")
        parameters = dict(_parameter(part) for part in rest.split(";") if "=" in part)
        chosen = _of_media(call, media.strip(), parameters, entry, many)
        if chosen is not None:
            return chosen
    raise not_acceptable(ACCEPTED)


@lru_cache(maxsize=256)
def _by_liking(accept: str) -> tuple[str, ...]:
    """The entries of an Accept header, best first: by their q, and those without stars before."""
    entries = [_without_q(entry.strip()) for entry in accept.split(",")]
    return tuple(entry for entry, q in sorted(entries, key=lambda it: (-it[1], it[0].count("*"))))


def _without_q(entry: str) -> tuple[str, float]:
    liking = 1.0
    kept = []
    for part in entry.split(";"):
        name, value = _parameter(part)
        if name == "q":
            with suppress(ValueError):
                liking = float(value)
        else:
            kept.append(part)
    return ";".join(kept), liking


def _parameter(text: str) -> tuple[str, str]:
    name, _, value = text.partition("=")
    return name.strip(), value.strip()


def _of_media(
    call: Call, media: str, parameters: dict[str, str], entry: str, many: bool
) -> Format | None:
    if media == PROTOBUF:
        from loadstone.apiserver.wire import protooutput  # its library takes time to load

        return protooutput.of(call, parameters, many=many)
    if media == "application/yaml" and not parameters and call.verb != "watch":
        return Yaml(call.resource, call.version)
    if media in ("application/json", "*/*", "application/*"):
        return _format(call, parameters, entry, many)
    return None


def _format(call: Call, parameters: dict[str, str], entry: str, many: bool) -> Format | None:
    if not parameters.get("as", ""):
        return _plain(call.resource, call.version)
    kind = asked_as(parameters)
    if kind == "Table" and call.resource.verbs != ("create",):  # of what is kept nowhere
        return Table(call.resource, call.version, entry, call.options.include_object)
    return Metadata(entry) if is_partial(kind, many) else None


def _plain(resource: Resource, version: str) -> Plain:
    return (Plain if resource.kept_as is None else View)(resource, version)


def asked_as(parameters: dict[str, str]) -> str:
    """The kind of meta.k8s.io/v1 that an Accept entry asks for, "" for any other."""
    known = parameters.get("g") == "meta.k8s.io" and parameters.get("v") == "v1"
    return parameters.get("as", "") if known else ""


def is_partial(kind: str, many: bool) -> bool:
    """Whether metadata is asked for; a watch of lists asks for single objects."""
    return kind == "PartialObjectMetadata" or (many and kind == "PartialObjectMetadataList")


def partial(stored: StoredObject) -> dict[str, Any]:
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": stored.document()["metadata"],
    }
