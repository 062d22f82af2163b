"""One keep-alive HTTP/1.1 connection: a request goes out, its answer comes back, then the next."""

from __future__ import annotations

import asyncio
import time
from typing import Protocol, cast

import httptools

from loadstone.measure.load.request import Request


class Owner(Protocol):
    """Whoever hands requests to connections."""

    def answered(self, connection: Connection, request: Request, now: float) -> None: ...

    def lost(self, connection: Connection, request: Request | None, kind: str) -> None: ...

    def unasked(self) -> None:
        """The target sent what no request had asked for; its connection is closed."""


class Connection(asyncio.Protocol):
    """Holds at most one request at a time. `status`, `headers` and `length` are its answer's.

    Whatever comes after an answer and before the next request is nobody's: it costs the connection,
    and is never taken for the answer of the next request.
    """

    __slots__ = (
        "_answered",
        "_keep",
        "_owner",
        "_parser",
        "_surplus",
        "_transport",
        "_wanted",
        "headers",
        "length",
        "request",
        "started",
        "status",
        "up",
    )

    def __init__(self, owner: Owner) -> None:
        self._owner = owner
        self.up = False
        self.started = False  # an answer has begun
        self.request: Request | None = None
        self.status = 0
        self.length = 0
        self.headers: dict[bytes, bytes] = {}
        self._answered = 0.0  # when the answer was whole; 0: it is not
        self._keep = False
        self._surplus = False
        self._wanted: dict[bytes, bytes] = {}
        self._parser = httptools.HttpResponseParser(self)

    def send(self, request: Request) -> None:
        """Send a request; `request.sent` is when. The connection must be up and free."""
        self.request = request
        self._wanted = request.prepared.headers
        self.started = False
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
            self._surplus = True
            self._lose("an answer nobody asked for")
            return
        self.started = True
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserCallbackError:
            raise  # a defect of ours, not of the answer
        except httptools.HttpParserError:
            if not self._answered:
                self._lose("not HTTP")
                return
            self._surplus = True
        if self._answered:
            self._hand_over(self.request)

    def connection_lost(self, exc: Exception | None) -> None:
        kind = "reset" if exc else "closed"
        self._lose(kind if not self.started else f"{kind} in mid-answer")

    def _hand_over(self, request: Request) -> None:
        """The answer is whole, and all that came with it has been read: on to the next request."""
        answered, self._answered = self._answered, 0.0
        self.request = None
        if self._surplus or not self._keep:
            self.close()
        if self._surplus:
            self._owner.unasked()
        self._owner.answered(self, request, answered)

    def _lose(self, kind: str) -> None:
        if not self.up:
            return
        request = self.request
        self.close()
        if self._surplus:
            self._owner.unasked()
        self._owner.lost(self, request, kind)

    # what httptools calls

    def on_message_begin(self) -> None:
        if self._answered:
            self._surplus = True
            return
        self.length = 0
        if self.headers:
            self.headers = {}

    def on_header(self, name: bytes, value: bytes) -> None:
        lower = name.lower()
        if lower in self._wanted and not self._surplus:
            self.headers[lower] = value

    def on_body(self, body: bytes) -> None:
        if not self._surplus:
            self.length += len(body)

    def on_message_complete(self) -> None:
        status = self._parser.get_status_code()
        # 100 Continue and the like: the answer itself is still to come
        if self._surplus or status < 200:
            return
        self.status = status
        self._keep = self._parser.should_keep_alive()
        self._answered = time.monotonic()
