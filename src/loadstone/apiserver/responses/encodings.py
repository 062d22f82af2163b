"""Response formats in JSON and YAML: objects as themselves, or their metadata alone."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Protocol

import orjson

from loadstone.apiserver.machinery.resources import Resource, group_version
from loadstone.apiserver.storage.objects import StoredObject, head


class Format(Protocol):
    """A format of responses for objects of one resource and version."""

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


class JsonEncoding:
    """The encoding of events and errors that all formats in JSON share."""

    content_type = "application/json"

    @property
    def stream_type(self) -> str:
        return self.content_type

    def event(self, kind: bytes, item: bytes) -> bytes:
        return b'{"type":"%b","object":%b}\n' % (kind, item)

    def error(self, failure: dict[str, Any]) -> bytes:
        return orjson.dumps(failure)


class JsonFormat(JsonEncoding):
    """JSON: the objects themselves."""

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


class ConvertedFormat(JsonFormat):
    """JSON of objects in another shape than they are kept in."""

    def _tail(self, stored: StoredObject) -> bytes:
        from loadstone.apiserver.conversion import conversions  # for the kinds that have one

        return orjson.dumps(conversions.shown(self._resource, stored))[1:]


class YamlFormat(JsonFormat):
    """YAML: the objects themselves, for people."""

    content_type = "application/yaml"

    def object(self, stored: StoredObject) -> bytes:
        return _yaml(super().object(stored))

    def list(self, items: Iterable[StoredObject], metadata: dict[str, Any]) -> bytes:
        return _yaml(super().list(items, metadata))


def _yaml(written: bytes) -> bytes:
    import yaml  # few clients ask for it

    text: bytes = yaml.safe_dump(orjson.loads(written), sort_keys=False, encoding="utf-8")
    return text


class MetadataFormat(JsonEncoding):
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


def partial(stored: StoredObject) -> dict[str, Any]:
    """PartialObjectMetadata of an object."""
    return {
        "kind": "PartialObjectMetadata",
        "apiVersion": "meta.k8s.io/v1",
        "metadata": stored.document()["metadata"],
    }


def json_format(resource: Resource, version: str) -> JsonFormat:
    """The JSON format of a resource, converted where it is shown only."""
    return (JsonFormat if resource.kept_as is None else ConvertedFormat)(resource, version)


def asked_as(parameters: dict[str, str]) -> str:
    """The kind of meta.k8s.io/v1 that an Accept entry asks for, "" for any other."""
    known = parameters.get("g") == "meta.k8s.io" and parameters.get("v") == "v1"
    return parameters.get("as", "") if known else ""


def is_partial(kind: str, many: bool) -> bool:
    """Whether metadata is asked for; a watch of lists asks for single objects."""
    return kind == "PartialObjectMetadata" or (many and kind == "PartialObjectMetadataList")
