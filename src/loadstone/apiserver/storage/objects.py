"""Stored objects: one object at one revision, as the bytes that clients get, and its changes.

An object is kept as the JSON that clients get, without its first two fields: reading, listing and
watching copy bytes and never encode, a version of the API is a different beginning of the same
bytes, and a change decodes a copy that nobody else can hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
import orjson

from loadstone.apiserver.machinery.documents import Document, Key, dig
from loadstone.apiserver.machinery.resources import Resource, group_version

_NONE: Mapping[str, str] = {}


class StoredObject(msgspec.Struct, frozen=True, kw_only=True):
    """A stored object at one revision. `tail` is its JSON after `"kind": …,`."""

    namespace: str
    name: str
    uid: str
    revision: int
    tail: bytes
    labels: Mapping[str, str] = _NONE
    fields: Mapping[str, str] = _NONE
    owners: tuple[str, ...] = ()  # uids

    @property
    def key(self) -> Key:
        """Its key in its collection."""
        return self.namespace, self.name

    def document(self) -> Document:
        """A fresh copy without apiVersion and kind."""
        document: Document = orjson.loads(b"{" + self.tail)
        return document


class WatchEvent(msgspec.Struct, frozen=True, kw_only=True):
    """A change: ADDED, MODIFIED or DELETED, the object after it, and before it."""

    type: str
    revision: int
    stored: StoredObject
    previous: StoredObject | None


def head(resource: Resource, version: str) -> bytes:
    """The beginning of an object's JSON: apiVersion and kind."""
    api_version = group_version(resource.group, version)
    return b'{"apiVersion":"%b","kind":"%b",' % (api_version.encode(), resource.kind.encode())


def prepare(resource: Resource, document: Document, revision: int) -> StoredObject:
    """The stored object of a document at a revision (0: none yet)."""
    metadata = document["metadata"]
    metadata.pop("resourceVersion", None)
    if revision:
        metadata["resourceVersion"] = str(revision)
    body = {k: v for k, v in document.items() if k not in ("apiVersion", "kind", "metadata")}
    return StoredObject(
        namespace=metadata.get("namespace", ""),
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        revision=revision,
        tail=orjson.dumps({"metadata": metadata, **body})[1:],
        labels=metadata.get("labels") or _NONE,
        fields=_fields(resource, document),
        owners=tuple(owner.get("uid", "") for owner in metadata.get("ownerReferences") or ()),
    )


def unstored(document: Document) -> StoredObject:
    """A document that is answered but kept nowhere."""
    body = {k: v for k, v in document.items() if k not in ("apiVersion", "kind")}
    return StoredObject(namespace="", name="", uid="", revision=0, tail=orjson.dumps(body)[1:])


def at_revision(resource: Resource, stored: StoredObject, revision: int) -> StoredObject:
    """The same object under another revision."""
    return prepare(resource, stored.document(), revision)


def _fields(resource: Resource, document: Document) -> Mapping[str, str]:
    if not resource.fields:
        return _NONE
    return {
        label: _text(dig(document, path)) or resource.zeros.get(label, "")
        for label, path in resource.fields.items()
    }


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):  # of addresses, of which the first one counts
        first = value[0] if value else None
        return _text(next(iter(first.values()), None)) if isinstance(first, dict) else ""
    return str(value)
