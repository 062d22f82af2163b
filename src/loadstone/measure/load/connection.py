"""A keep-alive HTTP/1.1 connection of a load: one request at a time."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol, cast

from loadstone.measure.http.answers import Answers
from loadstone.measure.load.load_request import LoadRequest


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

    __slots__ = ("_owner", "_transport", "request", "up")

    def __init__(self, owner: ConnectionOwner) -> None:
        super().__init__()
        self._owner = owner
        self.up = False
        self.request: LoadRequest | None = None

    def send(self, request: LoadRequest) -> None:
        """Send a request; `request.sent` is when. The connection must be up and free."""
        self.request = request
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
        if self.surplus:
            self._owner.unasked()
        self._owner.answered(self, request, self.answered)

    def _lose(self, kind: str) -> None:
        if not self.up:
            return
        request = self.request
        self.close()
        if self.surplus:
            self._owner.unasked()
        self._owner.lost(self, request, kind)
