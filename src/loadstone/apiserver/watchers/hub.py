"""The hub of all watchers, which tells them of changes once per turn of the loop."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

from loadstone.apiserver.storage.object_store import Collection
from loadstone.apiserver.storage.objects import WatchEvent
from loadstone.apiserver.watchers.watcher import Watcher


class Hub:
    """The hub of all watchers, which tells them once per turn of the loop."""

    def __init__(self) -> None:
        self._watchers: dict[Collection, dict[Watcher, None]] = {}
        self._changed: dict[Collection, None] = {}

    def __len__(self) -> int:
        return sum(len(watchers) for watchers in self._watchers.values())

    def __iter__(self) -> Iterator[Watcher]:
        return iter([watcher for some in self._watchers.values() for watcher in some])

    def add(self, watcher: Watcher) -> None:
        """Open a watch."""
        watcher.on_close.append(lambda: self._forget(watcher))
        self._watchers.setdefault(watcher.collection, {})[watcher] = None
        watcher.open()

    def happened(self, collection: Collection, event: WatchEvent) -> None:  # noqa: ARG002
        """Note a change for the next turn of the loop."""
        if collection not in self._watchers:
            return
        if not self._changed:
            asyncio.get_running_loop().call_soon(self.tell)
        self._changed[collection] = None

    def of(self, collection: Collection) -> list[Watcher]:
        """The watchers of a collection."""
        return list(self._watchers.get(collection, ()))

    def bookmarks(self, revision: int) -> None:
        """Send a bookmark to every watcher that asked for them."""
        for watcher in self:
            watcher.bookmark(revision)

    def close(self) -> None:
        """End every watch."""
        for watcher in self:
            watcher.end()

    def tell(self) -> None:
        """Send what has changed; by itself this happens once per turn of the loop."""
        changed, self._changed = self._changed, {}
        for collection in changed:
            shared: dict[Any, tuple[int, bytes]] = {}  # written once, sent to all of a group
            for watcher in self.of(collection):
                watcher.changed(shared)

    def _forget(self, watcher: Watcher) -> None:
        watchers = self._watchers.get(watcher.collection, {})
        watchers.pop(watcher, None)
        if not watchers:
            self._watchers.pop(watcher.collection, None)
