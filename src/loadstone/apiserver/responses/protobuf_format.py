"""Response formats in protobuf: objects as themselves, or their metadata alone."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import orjson

from loadstone.apiserver.conversion import conversions
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.media_types import PROTOBUF
from loadstone.apiserver.machinery.resources import Resource, group_version
from loadstone.apiserver.responses import encodings
from loadstone.apiserver.storage.objects import StoredObject
from loadstone.apiserver.types import messages
from loadstone.apiserver.wire import protobuf_encoder

_META = "meta.k8s.io/v1"
RECENT = 2000  # objects of which the written form is kept


class ProtobufFormat:
    """Protobuf: the objects themselves. A list is named for their kind, with `List` behind it."""

    content_type = PROTOBUF
    stream_type = f"{PROTOBUF};stream=watch"

    def __init__(self, resource: Resource, api_version: str, kind: str, name: str) -> None:
        self._resource = resource
        self._api_version = api_version
        self._kind = kind
        self._type = name

    def object(self, stored: StoredObject) -> bytes:
        return protobuf_encoder.enveloped(self._api_version, self._kind, self._message(stored))

    def list(self, items: Iterable[StoredObject], metadata: dict[str, Any]) -> bytes:
        written = [self._message(stored) for stored in items]
        raw = protobuf_encoder.list_of(metadata, written)
        return protobuf_encoder.enveloped(self._api_version, f"{self._kind}List", raw)

    def bookmark(self, metadata: dict[str, Any]) -> bytes:
        return protobuf_encoder.encode(
            self._api_version, self._kind, self._type, {"metadata": metadata}
        )

    def event(self, kind: bytes, item: bytes) -> bytes:
        return protobuf_encoder.event(kind, item)

    def error(self, failure: dict[str, Any]) -> bytes:
        return status(failure)

    def _message(self, stored: StoredObject) -> bytes:
        if self._resource.kept_as is not None:
            return protobuf_encoder.message(self._type, conversions.shown(self._resource, stored))
        return _message(self._type, stored.tail)


@lru_cache(maxsize=RECENT)
def _message(name: str, tail: bytes) -> bytes:
    """An object as stored, written once for all who watch, list and get it about now."""
    return protobuf_encoder.message(name, orjson.loads(b"{" + tail))


class _ProtobufMetadataFormat(ProtobufFormat):
    """PartialObjectMetadata in protobuf."""

    def __init__(self, resource: Resource) -> None:
        super().__init__(resource, _META, "PartialObjectMetadata", "meta.v1.PartialObjectMetadata")

    def _message(self, stored: StoredObject) -> bytes:
        return protobuf_encoder.message(self._type, {"metadata": stored.document()["metadata"]})


def of(call: Call, parameters: dict[str, str], *, many: bool) -> ProtobufFormat | None:
    """The format that a call asks for; None for what has none: tables, custom resources."""
    if "as" in parameters:
        return (
            _ProtobufMetadataFormat(call.resource)
            if encodings.is_partial(encodings.asked_as(parameters), many)
            else None
        )
    api_version = group_version(call.resource.group, call.version)
    kind = call.resource.kind
    name = messages.type_of(api_version, kind)
    return ProtobufFormat(call.resource, api_version, kind, name) if name else None


def status(failure: dict[str, Any]) -> bytes:
    """A Status in protobuf."""
    return protobuf_encoder.encode("v1", "Status", "meta.v1.Status", failure)
