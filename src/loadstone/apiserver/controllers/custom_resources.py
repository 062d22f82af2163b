"""The controller of custom resources: serves what CustomResourceDefinitions define."""

from __future__ import annotations

import asyncio

from loadstone.apiserver.custom import structural_schemas
from loadstone.apiserver.custom.definitions import KEY, resource_of
from loadstone.apiserver.machinery import clock
from loadstone.apiserver.machinery.resources import Resource
from loadstone.apiserver.state import State
from loadstone.apiserver.storage.object_store import Collection
from loadstone.apiserver.storage.objects import WatchEvent, prepare


class CustomResourceController:
    """A controller that serves what definitions define, for as long as they are there."""

    def __init__(self, state: State) -> None:
        self._state = state
        state.store.listeners.append(self.happened)

    def happened(self, collection: Collection, event: WatchEvent) -> None:
        """Serve, change or end a resource after a change of its definition."""
        if collection.resource.key != KEY:
            return
        document = event.stored.document()
        resource = resource_of(document)
        if event.type != "DELETED":
            if not document["status"]["conditions"]:
                self._later(event.stored.name)
                return
            self._state.registry.add(resource)
            self._default_anew(resource)
            return
        gone = self._state.store.collection(resource)
        for watcher in self._state.hub.of(gone):
            watcher.end()
        self._state.registry.remove(resource.key)
        self._state.store.drop(resource.key)

    def _later(self, name: str) -> None:
        """Establish a definition after the answer to its creation, before the next request."""
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:  # where nothing is served
            self._establish(name)
        else:
            loop.call_soon(self._establish, name)

    def _establish(self, name: str) -> None:
        kind = self._state.resource(KEY[1], KEY[0])
        found = self._state.store.collection(kind).objects.get(("", name))
        if found is None:
            return
        document = found.document()
        if not document["status"]["conditions"]:
            document["status"]["conditions"] = _conditions()
            document["status"]["acceptedNames"] = document["spec"]["names"]
            self._state.store.put(kind, document)

    def _default_anew(self, resource: Resource) -> None:
        """Objects that are there get the defaults of a schema that came after them, unannounced."""
        collection = self._state.store.collection(resource)
        kept = resource.definition(resource.version)
        if kept is None:
            return
        for key, stored in list(collection.objects.items()):
            document = stored.document()
            structural_schemas.default(kept, document)
            collection.objects[key] = prepare(resource, document, stored.revision)


def _conditions() -> list[dict[str, str]]:
    now = clock.now()
    return [
        _condition("NamesAccepted", "NoConflicts", "no conflicts found", now),
        _condition(
            "Established", "InitialNamesAccepted", "the initial names have been accepted", now
        ),
    ]


def _condition(kind: str, reason: str, message: str, now: str) -> dict[str, str]:
    return {
        "type": kind,
        "status": "True",
        "lastTransitionTime": now,
        "reason": reason,
        "message": message,
    }
