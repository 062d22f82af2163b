"""A keep-alive HTTP/1.1 connection of a load: one request at a time."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol, cast

from loadstone.measure.http.answers import Answers
from loadstone.measure.load.load_request import LoadRequest, SeenHead

_BLANK = b"\r\n\r\n"
_KEPT = 4096  # heads; a date is another one every second


class ConnectionOwner(Protocol):
    """The owner of connections, which hands them requests and hears of their answers."""

    def answered(self, connection: Connection, request: LoadRequest, now: float) -> None: ...

    def lost(self, connection: Connection, request: LoadRequest | None, kind: str) -> None: ...

    def unasked(self) -> None:
        """The target sent what no request had asked for; its connection is closed."""


class Connection(Answers, asyncio.Protocol):
    """A connection with at most one request under way, and the answer to it.

    Whatever comes after an answer and before the next request is nobody's: it costs the connection,
    and is never taken for the answer of the next request.
    """

    __slots__ = ("_first", "_owner", "_seen", "_transport", "request", "up")

    def __init__(self, owner: ConnectionOwner) -> None:
        super().__init__()
        self._owner = owner
        self._first = (b"", 0)  # of the answer's first piece: the head, and By of all of it
        self._seen: dict[bytes, SeenHead] | None = None
        self.up = False
        self.request: LoadRequest | None = None

    def send(self, request: LoadRequest) -> None:
        """Send a request; `request.sent` is when. The connection must be up and free."""
        self.request = request
        self._seen = getattr(request.prepared, "seen", None)
        self.expect(request.prepared.headers)
        request.sent = time.monotonic()
        self._transport.write(request.prepared.message)

    def close(self) -> None:
        """Close at once; nobody is told."""
        self.up = False
        self.request = None
        self._transport.abort()

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self.up = True

    def data_received(self, data: bytes) -> None:
        request = self.request
        if request is not None and not self.begun:
            head = data[: data.find(_BLANK) + 4]
            seen = self._seen.get(head) if self._seen is not None else None
            if seen is not None and seen.whole == len(data):
                self.answered = time.monotonic()
                self.status, self.headers, self.length = seen[1:]
                self.request = None
                self._owner.answered(self, request, self.answered)
                return
            self._first = (head, len(data))
        else:
            self._first = (b"", 0)  # it came in more than one piece
        if self.request is None:
            self.surplus = True
            self._lose("an answer nobody asked for")
        elif not self.feed(data):
            self._lose("not HTTP")
        elif self.answered:
            self._hand_over(self.request)

    def connection_lost(self, exc: Exception | None) -> None:
        if self.request is not None and exc is None and self.end():
            self._hand_over(self.request)
            return
        kind = "reset" if exc else "closed"
        self._lose(f"{kind} in mid-answer" if self.request and self.begun else kind)

    def _hand_over(self, request: LoadRequest) -> None:
        """The answer is whole, and all that came with it has been read: on to the next request."""
        self.request = None
        if not self.lasts:
            self.close()
        else:
            self._learn()
        if self.surplus:
            self._owner.unasked()
        self._owner.answered(self, request, self.answered)

    def _learn(self) -> None:
        """Keep what a head says that came with its whole body at once.

        A target says nearly the same every time, and a head that is the same to the last byte means
        the same: it has been read by the parser once, its length and all that it says of framing.
        """
        head, whole = self._first
        if self._seen is not None and head and self.length == whole - len(head):
            seen = self._seen
            if len(seen) >= _KEPT:
                seen.clear()
            seen[head] = SeenHead(whole, self.status, self.headers, self.length)

    def _lose(self, kind: str) -> None:
        if not self.up:
            return
        request = self.request
        self.close()
        if self.surplus:
            self._owner.unasked()
        self._owner.lost(self, request, kind)
