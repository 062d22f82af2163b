"""The object store: collections of objects, and the history of their changes.

Revisions count every change of any object, as etcd's do.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right, insort
from collections.abc import Callable, Iterator

from loadstone.apiserver.machinery.documents import Document, Key
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.storage.objects import StoredObject, WatchEvent, prepare

WINDOW = 10_000  # events of a resource that are kept for watchers, by default


class HistoryCompacted(Exception):
    """The error of a reader who needs history that is no longer kept."""

    def __init__(self, asked: int, oldest: int) -> None:
        super().__init__(f"too old resource version: {asked} ({oldest})")


class Collection:
    """The collection of all objects of one resource, and its history.

    A place in the history is counted from the first event ever, so that a watcher's place stays
    right when old events are dropped.
    """

    def __init__(self, resource: Resource, window: int, floor: int) -> None:
        self.resource = resource
        self.objects: dict[Key, StoredObject] = {}
        self._keys: list[Key] | None = []  # None after a removal: sorted when next listed
        self._window = window
        self._events: list[WatchEvent] = []
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
        """The objects in the order of lists."""
        return [self.objects[key] for key in self.keys(namespace)]

    def at(self, revision: int) -> dict[Key, StoredObject]:
        """The objects as they were; raises `HistoryCompacted`."""
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
        """The place of the first event after a revision; raises `HistoryCompacted`."""
        if revision < self._floor:
            raise HistoryCompacted(revision, self._floor)
        return self._base + bisect_right(self._events, revision, key=lambda event: event.revision)

    def events(self, start: int, limit: int) -> list[WatchEvent]:
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

    def apply(self, event: WatchEvent) -> None:
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
        # a quarter at a time: to drop one event from the front of a list moves all the others
        if len(self._events) >= self._window + self._window // 4 + 1:
            self.compact(keep=self._window)


class ObjectStore:
    """The store: every collection, one counter of revisions, and the listeners to changes."""

    def __init__(self, window: int = WINDOW) -> None:
        self.window = window
        self.revision = 1
        self._collections: dict[tuple[str, str], Collection] = {}
        self.listeners: list[Callable[[Collection, WatchEvent], None]] = []
        self._mark = 0

    def collection(self, resource: Resource) -> Collection:
        """The collection of a resource, empty when it is new."""
        found = self._collections.get(resource.key)
        if found is None:
            found = Collection(resource, self.window, self.revision)
            self._collections[resource.key] = found
        if (
            resource.kept_as is None
        ):  # a definition that changed makes a new resource of old objects
            found.resource = resource
        return found

    def drop(self, key: tuple[str, str]) -> None:
        """Forget a collection."""
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
        event = WatchEvent(type=kind, revision=self.revision, stored=stored, previous=previous)
        collection.apply(event)
        for listener in self.listeners:
            listener(collection, event)
