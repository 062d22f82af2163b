"""The garbage collector: dependents and contents of objects that are deleted.

The collector hears every change, remembers who owns whom, and does its work in small batches
between requests, so that a big cascade holds nobody up.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from loadstone.apiserver.custom.definitions import CLEANUP, KEY
from loadstone.apiserver.handlers import deletions
from loadstone.apiserver.handlers.deletions import FOREGROUND, ORPHAN, Deletion
from loadstone.apiserver.machinery.documents import Document, Key
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.state import State
from loadstone.apiserver.storage.object_store import Collection
from loadstone.apiserver.storage.objects import StoredObject, WatchEvent

BATCH = 50  # pieces of work between two turns of the loop, in which requests are answered
_NAMESPACES = ("", "namespaces")

Place = tuple[tuple[str, str], Key]  # group and plural, namespace and name
Work = tuple[Callable[[Place], None], Place]


class GarbageCollector:
    """A controller that follows ownership and finishes deletions that wait for others."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._places: dict[str, Place] = {}  # uid → where it is
        self._dependents: dict[str, dict[Place, None]] = {}  # owner's uid → who depends on it
        self._queue: deque[Work] = deque()
        self._queued: set[Work] = set()
        self._running = False
        state.store.listeners.append(self.happened)
        state.on_clear.append(self.clear)

    def clear(self) -> None:
        """Forget every object, as the store does."""
        self._places.clear()
        self._dependents.clear()
        self._queue.clear()
        self._queued.clear()

    # hearing

    def happened(self, collection: Collection, event: WatchEvent) -> None:
        """Queue the work that a change of the store makes."""
        stored, key = event.stored, collection.resource.key
        place = (key, stored.key)
        before = event.previous.owners if event.previous is not None else ()
        after = () if event.type == "DELETED" else stored.owners
        if before or after:
            self._follow(place, before, after)
        if event.type == "DELETED":
            self._removed(place, event)
        else:
            self._places[stored.uid] = place
            if (
                b'"deletionTimestamp"' in stored.tail
            ):  # a look at the bytes spares decoding all others
                self._do(self._marked, place)

    def _follow(self, place: Place, before: tuple[str, ...], after: tuple[str, ...]) -> None:
        for uid in before:
            self._dependents.get(uid, {}).pop(place, None)
        for uid in after:
            self._dependents.setdefault(uid, {})[place] = None
            if uid not in self._places:
                self._do(self._dependent, place)

    def _removed(self, place: Place, event: WatchEvent) -> None:
        self._places.pop(event.stored.uid, None)
        for dependent in self._dependents.pop(event.stored.uid, {}):
            self._do(self._dependent, dependent)
        for uid in event.stored.owners:
            if uid in self._places:
                self._do(self._marked, self._places[uid])
        namespace = event.stored.namespace
        if namespace:
            self._do(self._marked, (_NAMESPACES, ("", namespace)))
        group, plural = place[0]
        self._do(self._marked, (KEY, ("", f"{plural}.{group}")))

    # working

    def _do(self, act: Callable[[Place], None], place: Place) -> None:
        if (act, place) in self._queued or self._find(place) is None:
            return
        self._queued.add((act, place))
        self._queue.append((act, place))
        if not self._running:
            self._running = True
            asyncio.get_running_loop().call_soon(self._work)

    def _work(self) -> None:
        for _ in range(min(BATCH, len(self._queue))):
            if not self._queue:
                break
            act, place = self._queue.popleft()
            self._queued.discard((act, place))
            act(place)
        self._running = bool(self._queue)
        if self._running:
            asyncio.get_running_loop().call_soon(self._work)

    def _dependent(self, place: Place) -> None:
        """Delete an object when all its owners are gone, or take the gone ones off its list."""
        found = self._find(place)
        if found is None:
            return
        resource, stored = found
        left = [uid for uid in stored.owners if uid in self._places]
        if len(left) == len(stored.owners):
            return
        if left:
            self._disown(resource, stored, lambda uid: uid not in self._places)
        else:
            deletions.start(self._state, resource, stored, Deletion(policy="Background"))

    def _marked(self, place: Place) -> None:
        """Take an object that is being deleted as far as it can go."""
        found = self._find(place)
        if found is None:
            return
        resource, stored = found
        if b'"deletionTimestamp"' not in stored.tail:
            return
        metadata = stored.document()["metadata"]
        if not metadata.get("deletionTimestamp"):
            return
        finalizers = metadata.get("finalizers") or []
        if ORPHAN in finalizers:
            self._orphan(resource, stored)
        elif FOREGROUND in finalizers:
            self._foreground(resource, stored)
        elif resource.key == _NAMESPACES:
            self._empty_namespace(resource, stored)
        elif resource.key == KEY and CLEANUP in finalizers:
            self._empty_definition(resource, stored)

    def _orphan(self, resource: Resource, stored: StoredObject) -> None:
        for place in tuple(self._dependents.get(stored.uid, ())):
            found = self._find(place)
            if found is not None:
                self._disown(*found, lambda uid: uid == stored.uid)
        self._finalized(resource, stored, ORPHAN)

    def _foreground(self, resource: Resource, stored: StoredObject) -> None:
        waits = False
        for place in tuple(self._dependents.get(stored.uid, ())):
            found = self._find(place)
            if found is None:
                continue
            owners = [uid for uid in found[1].owners if uid != stored.uid and uid in self._places]
            if owners:
                continue  # somebody else still needs it
            _, gone = deletions.start(self._state, *found, Deletion(policy="Foreground"))
            waits = waits or (
                not gone and _blocks(found[1], stored.uid) and not self._circular(found[1], stored)
            )
        if not waits:
            self._finalized(resource, stored, FOREGROUND)

    def _circular(self, dependent: StoredObject, owner: StoredObject) -> bool:
        """Whether an owner is itself what its dependent waits for: nobody would be first."""
        seen: set[str] = set()
        left = [dependent.uid]
        while left:
            uid = left.pop()
            if uid == owner.uid:
                return True
            if uid not in seen:
                seen.add(uid)
                found = [self._find(place) for place in self._dependents.get(uid, ())]
                left += [each[1].uid for each in found if each is not None]
        return False

    def _empty_namespace(self, resource: Resource, stored: StoredObject) -> None:
        pods = [self._state.resource("pods")]  # they may need the rest until they are gone
        if self._emptied(pods, stored.name) and self._emptied(
            self._state.registry.namespaced(), stored.name
        ):
            self._edit(resource, stored, _without_spec_finalizers)

    def _empty_definition(self, resource: Resource, stored: StoredObject) -> None:
        plural, _, group = stored.name.partition(".")
        defined = self._state.registry.by_key((group, plural))
        if defined is None or self._emptied([defined], ""):
            self._finalized(resource, stored, CLEANUP)

    def _emptied(self, resources: list[Resource], namespace: str) -> bool:
        """Delete what is left, or a part of it; True when nothing is.

        Every deletion that succeeds brings its namespace or definition back into the queue.
        """
        empty, done = True, 0
        for resource in resources:
            for stored in self._state.store.collection(resource).items(namespace):
                wanted = Deletion(policy="Background", grace=0)
                _, gone = deletions.start(self._state, resource, stored, wanted)
                empty, done = empty and gone, done + gone
                if done >= BATCH:
                    return False
        return empty

    # changing

    def _find(self, place: Place) -> tuple[Resource, StoredObject] | None:
        resource = self._state.registry.by_key(place[0])
        if resource is None:
            return None
        stored = self._state.store.collection(resource).objects.get(place[1])
        return None if stored is None else (resource, stored)

    def _disown(
        self, resource: Resource, stored: StoredObject, gone: Callable[[str], bool]
    ) -> None:
        def edit(document: Document) -> None:
            metadata = document["metadata"]
            left = [o for o in metadata.get("ownerReferences") or () if not gone(o.get("uid"))]
            metadata["ownerReferences"] = left
            if not left:
                del metadata["ownerReferences"]

        self._edit(resource, stored, edit)

    def _finalized(self, resource: Resource, stored: StoredObject, finalizer: str) -> None:
        def edit(document: Document) -> None:
            metadata = document["metadata"]
            left = [name for name in metadata.get("finalizers") or () if name != finalizer]
            metadata["finalizers"] = left
            if not left:
                del metadata["finalizers"]

        self._edit(resource, stored, edit)

    def _edit(
        self, resource: Resource, stored: StoredObject, edit: Callable[[Document], None]
    ) -> None:
        current = self._state.store.collection(resource).objects.get(stored.key)
        if current is None or current.uid != stored.uid:
            return
        document = current.document()
        edit(document)
        if deletions.is_done(resource, document):
            self._state.store.remove(resource, current.key)
        else:
            self._state.store.put(resource, document)


def _without_spec_finalizers(document: Document) -> None:
    left = [n for n in document.get("spec", {}).get("finalizers", []) if n != "kubernetes"]
    document["spec"] = {"finalizers": left} if left else {}


def _blocks(stored: StoredObject, owner: str) -> bool:
    """Whether an object asked that its owner waits for it."""
    references = stored.document()["metadata"].get("ownerReferences") or []
    return any(o.get("uid") == owner and o.get("blockOwnerDeletion") for o in references)
