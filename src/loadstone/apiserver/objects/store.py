"""The object store: objects as bytes, and the history of their changes.

An object is kept as the JSON that clients get, without its first two fields: reading, listing and
watching copy bytes and never encode, a version of the API is a different beginning of the same
bytes, and a change decodes a copy that nobody else can hold. Revisions count every change of any
object, as etcd's do.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

import msgspec
import orjson

from loadstone.apiserver.types.resources import Resource, group_version

Key = tuple[str, str]  # namespace, name
Document = dict[str, Any]

WINDOW = 10_000  # events of a resource that are kept for watchers, by default
_NONE: Mapping[str, str] = {}


class StoredObject(msgspec.Struct, frozen=True, kw_only=True):
    """One object at one revision. `tail` is its JSON after `"kind": …,`."""

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
        return self.namespace, self.name

    def document(self) -> Document:
        """A fresh copy without apiVersion and kind."""
        document: Document = orjson.loads(b"{" + self.tail)
        return document


class Event(msgspec.Struct, frozen=True, kw_only=True):
    """One change: ADDED, MODIFIED or DELETED, the object after it, and before it."""

    type: str
    revision: int
    stored: StoredObject
    previous: StoredObject | None


class HistoryCompacted(Exception):
    """The history that is needed is no longer kept."""

    def __init__(self, asked: int, oldest: int) -> None:
        super().__init__(f"too old resource version: {asked} ({oldest})")


def head(resource: Resource, version: str) -> bytes:
    """The beginning of an object's JSON."""
    api_version = group_version(resource.group, version)
    return b'{"apiVersion":"%b","kind":"%b",' % (api_version.encode(), resource.kind.encode())


class Collection:
    """All objects of one resource, and its history.

    A place in the history is counted from the first event ever, so that a watcher's place stays
    right when old events are dropped.
    """

    def __init__(self, resource: Resource, window: int, floor: int) -> None:
        self.resource = resource
        self.objects: dict[Key, StoredObject] = {}
        self._keys: list[Key] | None = []
        self._window = window
        self._events: list[Event] = []
        self._base = 0  # the place of _events[0]
        self._floor = floor  # what happened up to this revision is not kept
        self.listable = 0  # what there was before this revision is not listed any more

    # objects

    def keys(self, namespace: str = "") -> list[Key]:
        """Keys in the order of lists: by namespace, then by name."""
        if self._keys is None:
            self._keys = sorted(self.objects)
        if not namespace:
            return self._keys
        low = bisect_left(self._keys, (namespace, ""))
        return self._keys[low : bisect_left(self._keys, (namespace + "\0", ""))]

    def items(self, namespace: str = "") -> list[StoredObject]:
        return [self.objects[key] for key in self.keys(namespace)]

    def at(self, revision: int) -> dict[Key, StoredObject]:
        """The objects as they were; raises `Compacted`."""
        if revision < self.listable:
            raise HistoryCompacted(revision, self.listable)
        place = self.place_after(revision)
        found = dict(self.objects)
        for event in reversed(self._events[place - self._base :]):
            if event.previous is None:
                found.pop(event.stored.key, None)
            else:
                found[event.stored.key] = event.previous
        return found

    # history

    @property
    def end(self) -> int:
        """The place of the next event."""
        return self._base + len(self._events)

    @property
    def begin(self) -> int:
        """The oldest place that is kept."""
        return self._base

    def place_after(self, revision: int) -> int:
        """The place of the first event after a revision; raises `Compacted`."""
        if revision < self._floor:
            raise HistoryCompacted(revision, self._floor)
        return self._base + bisect_right(self._events, revision, key=lambda event: event.revision)

    def events(self, start: int, limit: int) -> list[Event]:
        """At most `limit` events from a place that is kept."""
        low = start - self._base
        return self._events[low : low + limit]

    def compact(self, keep: int = 0) -> None:
        """Drop all but the last `keep` events."""
        drop = len(self._events) - keep
        if drop > 0:
            self._floor = self._events[drop - 1].revision
            self._base += drop
            del self._events[:drop]

    def apply(self, event: Event) -> None:
        """Make a change happen."""
        key = event.stored.key
        if event.type == "DELETED":
            del self.objects[key]
            self._keys = None
        else:
            self.objects[key] = event.stored
            if event.previous is None and self._keys is not None:
                insort(self._keys, key)
        self._events.append(event)
        if len(self._events) >= self._window + self._window // 4 + 1:
            self.compact(keep=self._window)


class ObjectStore:
    """Every collection, one counter of revisions, and who wants to hear of changes."""

    def __init__(self, window: int = WINDOW) -> None:
        self.window = window
        self.revision = 1
        self._collections: dict[tuple[str, str], Collection] = {}
        self.listeners: list[Callable[[Collection, Event], None]] = []
        self._mark = 0

    def collection(self, resource: Resource) -> Collection:
        found = self._collections.get(resource.key)
        if found is None:
            found = Collection(resource, self.window, self.revision)
            self._collections[resource.key] = found
        if resource.kept_as is None:
            found.resource = resource
        return found

    def drop(self, key: tuple[str, str]) -> None:
        self._collections.pop(key, None)

    def __iter__(self) -> Iterator[Collection]:
        return iter(tuple(self._collections.values()))

    def put(self, resource: Resource, document: Document) -> StoredObject:
        """Create or replace an object; its resourceVersion is set here."""
        collection = self.collection(resource)
        self.revision += 1
        stored = prepare(resource, document, self.revision)
        previous = collection.objects.get(stored.key)
        kind = "MODIFIED" if previous else "ADDED"
        self._happen(collection, kind, stored, previous)
        return stored

    def remove(self, resource: Resource, key: Key) -> StoredObject:
        """Remove an object; the answer is its last state at the revision of its removal."""
        collection = self.collection(resource)
        previous = collection.objects[key]
        self.revision += 1
        stored = prepare(resource, previous.document(), self.revision)
        self._happen(collection, "DELETED", stored, previous)
        return stored

    def compact(self) -> None:
        """Forget all history, as etcd does every few minutes."""
        for collection in self:
            collection.compact()

    def age(self) -> None:
        """Let lists of what there was before the last call of this be gone.

        Watches go on: the real server keeps their history apart from etcd's, which it compacts.
        """
        for collection in self:
            collection.listable = self._mark
        self._mark = self.revision

    def clear(self) -> None:
        """Forget every object; revisions go on, so that nobody mistakes new for old."""
        self.revision += 1
        self._collections.clear()

    def _happen(
        self, collection: Collection, kind: str, stored: StoredObject, previous: StoredObject | None
    ) -> None:
        event = Event(type=kind, revision=self.revision, stored=stored, previous=previous)
        collection.apply(event)
        for listener in self.listeners:
            listener(collection, event)


def prepare(resource: Resource, document: Document, revision: int) -> StoredObject:
    """The bytes of an object at a revision (0: none yet), and what selectors and owners need."""
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


def key_of(document: Document) -> Key:
    metadata = document["metadata"]
    return metadata.get("namespace", ""), metadata["name"]


def _fields(resource: Resource, document: Document) -> Mapping[str, str]:
    if not resource.fields:
        return _NONE
    return {
        label: _text(dig(document, path)) or resource.zeros.get(label, "")
        for label, path in resource.fields.items()
    }


def dig(document: Any, path: Iterable[str]) -> Any:
    """The value at a path, or None."""
    for step in path:
        if not isinstance(document, dict):
            return None
        document = document.get(step)
    return document


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):  # of addresses, of which the first one counts
        first = value[0] if value else None
        return _text(next(iter(first.values()), None)) if isinstance(first, dict) else ""
    return str(value)
