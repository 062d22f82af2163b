"""Watchers: each is a place in the shared history of a resource.

Nothing is queued per watcher. Once per turn of the event loop every watcher that keeps up is sent
what has happened since its place, and watchers that ask for the same get the same bytes. One that
does not keep up stays where it is and costs nothing; when the history it needs is dropped, it is
told 410 and closed.
"""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from collections.abc import Callable, Iterator
from typing import Any

from loadstone.apiserver.machinery import status
from loadstone.apiserver.responses.encodings import Format
from loadstone.apiserver.storage.object_store import Collection
from loadstone.apiserver.storage.objects import StoredObject, WatchEvent, at_revision
from loadstone.apiserver.storage.selectors import Selector
from loadstone.apiserver.wire.http import Exchange, Response, frame

BATCH = 500  # events that are written at a time
_INITIAL_END = {"k8s.io/initial-events-end": "true"}


def _uncounted(events: int, size: int) -> None:
    """Where nobody counts."""


class Watcher:
    """A watcher: what its client wants, and how far it has been told."""

    def __init__(
        self,
        exchange: Exchange,
        collection: Collection,
        written: Format,
        *,
        place: int,
        namespace: str = "",
        matches: Selector | None = None,
        group: object = None,
        initial: list[StoredObject] | None = None,
        initial_end: bool = False,
        bookmarks: bool = False,
        count: Callable[[int, int], None] = _uncounted,
        delay: Callable[[], float] | None = None,
    ) -> None:
        self._exchange = exchange
        self.collection = collection
        self._written = written
        self._place = place
        self._namespace = namespace
        self._matches = matches
        self.group = group  # watchers with equal groups are sent equal bytes
        self._initial = deque(initial or ())
        self._initial_end = initial_end
        self._bookmarks = bookmarks
        self._count = count
        self._delay = delay
        # the place up to which a dialled delay lets events through; None: all of them, at once
        self._allowed: int | None = None if delay is None else collection.end
        self.on_close: list[Callable[[], None]] = []  # called once, however the watch ends

    @property
    def behind(self) -> int:
        """The number of changes of its collection that it has not come to yet."""
        return max(0, self.collection.end - max(self._place, self.collection.begin))

    # the stream's side

    def resume(self) -> None:
        """Go on, for the client reads again."""
        self.flush({})

    def gone(self) -> None:
        """Call those who wait for the end, however the watch ended."""
        callbacks, self.on_close = self.on_close, []
        for callback in callbacks:
            callback()

    # the hub's side

    def open(self) -> None:
        """Send the head of the stream and what is there."""
        head = Response(content_type=self._written.stream_type)
        self._exchange.start(head, self)
        self.flush({})

    def changed(self, shared: dict[Any, tuple[int, bytes]]) -> None:
        """The history has grown."""
        if self._delay is None:
            self.flush(shared)
            return
        end = self.collection.end
        asyncio.get_running_loop().call_later(self._delay(), self._allow, end)

    def delayed(self, delay: Callable[[], float] | None) -> None:
        """Hold events back by so much from now on, or not any more."""
        if delay is None and self._delay is not None:
            self._delay = self._allowed = None
            self.flush({})
        elif delay is not None:
            self._allowed = self.collection.end if self._delay is None else self._allowed
            self._delay = delay

    def flush(self, shared: dict[Any, tuple[int, bytes]]) -> None:
        """Send what is due, as long as the client keeps up."""
        while self._exchange.ready and not self._exchange.closed:
            if self._initial or self._initial_end:
                self._send_initial()
                continue
            if self._place < self.collection.begin:
                self.fail(status.expired("too old resource version: the watcher fell behind"))
                return
            if not self._send_events(shared):
                return

    def bookmark(self, revision: int) -> None:
        """Tell an up-to-date watcher the revision it has reached."""
        idle = self._place == self.collection.end and not self._initial
        if self._bookmarks and idle and self._exchange.ready and not self._exchange.closed:
            self._write([self._bookmark({"resourceVersion": str(revision)})])

    def fail(self, error: status.ApiError) -> None:
        """End with an ERROR event, as the real server ends watches it cannot go on with."""
        self._exchange.write(error_event(self._written, error))
        self.end()

    def end(self) -> None:
        """End the stream properly."""
        self._exchange.end()
        self.gone()

    def drop(self) -> None:
        """Break the connection without a word."""
        self._exchange.abort()

    # inside

    def _allow(self, place: int) -> None:
        if self._delay is None:  # it was, when this was put off
            return
        self._allowed = max(self._allowed or 0, place)
        self.flush({})

    def _send_initial(self) -> None:
        take = itertools.islice(_drain(self._initial), BATCH)
        lines = [self._written.event(b"ADDED", self._written.object(stored)) for stored in take]
        if not self._initial and self._initial_end:
            self._initial_end = False
            revision = str(self._initial_revision)
            lines.append(self._bookmark({"resourceVersion": revision, "annotations": _INITIAL_END}))
        self._write(lines)

    _initial_revision = 0

    def starts_at(self, revision: int) -> None:
        """The revision that the initial objects are of."""
        self._initial_revision = revision

    def _send_events(self, shared: dict[Any, tuple[int, bytes]]) -> bool:
        """Send the next batch; False when there was none."""
        end = self.collection.end if self._allowed is None else self._allowed
        if self._place >= end:
            return False
        start = self._place
        events = self.collection.events(start, min(BATCH, end - start))
        self._place += len(events)
        if self.group is None:
            self._write([line for event in events for line in self._lines(event)])
            return True
        key = (self.group, start, self._place)
        if key not in shared:
            lines = [line for event in events for line in self._lines(event)]
            shared[key] = (len(lines), frame(b"".join(lines)) if lines else b"")
        number, data = shared[key]
        self._send(number, data)
        return True

    def _lines(self, event: WatchEvent) -> Iterator[bytes]:
        """An event as this watcher sees it: none, or one whose type fits its selector."""
        stored = event.stored
        if self._namespace and stored.namespace != self._namespace:
            return
        kind = event.type if self._matches is None else _seen(event, self._matches)
        if kind == "DELETED" and event.type != "DELETED" and event.previous is not None:
            # it left the selection: the last state that was in it, when it left
            stored = at_revision(self.collection.resource, event.previous, event.revision)
        if kind:
            yield self._written.event(kind.encode(), self._written.object(stored))

    def _bookmark(self, metadata: dict[str, Any]) -> bytes:
        return self._written.event(b"BOOKMARK", self._written.bookmark(metadata))

    def _write(self, lines: list[bytes]) -> None:
        if lines:
            self._send(len(lines), frame(b"".join(lines)))

    def _send(self, number: int, data: bytes) -> None:
        if data:
            self._exchange.write(data)
            self._count(number, len(data))


def error_event(written: Format, error: status.ApiError) -> bytes:
    """The event with which a watch ends that cannot go on."""
    return frame(written.event(b"ERROR", written.error(error.status())))


def _seen(event: WatchEvent, matches: Selector) -> str:
    """The type of an event for one who sees only what matches."""
    before = event.previous is not None and matches(event.previous)
    after = event.type != "DELETED" and matches(event.stored)
    if before and after:
        return "MODIFIED"
    if after:
        return "ADDED"
    return "DELETED" if before else ""


def _drain(queue: deque[StoredObject]) -> Iterator[StoredObject]:
    while queue:
        yield queue.popleft()
