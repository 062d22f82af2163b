"""HTTP/1.1 for one connection, on top of llhttp; knows nothing of Kubernetes.

A connection serves its requests one after the other. A handler answers an `Exchange` at once or
later, with a whole response or a stream; a stream is told when the client reads too slowly and when
it has gone. Own code rather than a framework, because watching needs exactly this control.
"""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from http import HTTPStatus
from typing import Protocol, cast

import httptools
import msgspec

BODY_LIMIT = 3 * 1024 * 1024  # By, as the real API server
HIGH_WATER = 256 * 1024  # By waiting in a connection before its stream has to pause
NO_CONTENT = 204  # an answer that has no body, nor a length of one
_KEPT = frozenset({b"accept", b"content-type", b"user-agent", b"expect", b"if-none-match"})


class HttpRequest(msgspec.Struct, frozen=True, kw_only=True):
    """A whole request. Header names are lower case; only those that matter are kept."""

    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: bytes
    oversized: bool = False  # its body was longer than BODY_LIMIT, and was thrown away


class Response(msgspec.Struct, frozen=True, kw_only=True):
    """A whole response."""

    status: int = 200
    body: bytes = b""
    content_type: str = "application/json"
    headers: tuple[tuple[str, str], ...] = ()


class Sink(Protocol):
    """A producer of a stream."""

    def resume(self) -> None:
        """The client reads again."""

    def gone(self) -> None:
        """The connection is closed."""


class Exchange:
    """An exchange: one request and the way to answer it, once."""

    __slots__ = ("_connection", "_head_only", "_keep_alive", "request", "sink")

    def __init__(
        self, connection: ServerConnection, request: HttpRequest, keep_alive: bool
    ) -> None:
        self._connection = connection
        self._keep_alive = keep_alive
        self._head_only = request.method == "HEAD"
        self.request = request
        self.sink: Sink | None = None

    @property
    def closed(self) -> bool:
        return self._connection.closed

    @property
    def ready(self) -> bool:
        """Whether the client keeps up with what is written."""
        return not self._connection.paused

    def send(self, response: Response) -> None:
        """Send a whole response."""
        if self.closed:
            return
        head = _head(response, len(response.body), self._keep_alive)
        self._connection.write(head if self._head_only else head + response.body)
        self._connection.finish(self._keep_alive)

    def start(self, response: Response, sink: Sink) -> None:
        """Send the head; the body follows through `write`, each piece framed by `frame`."""
        self.sink = sink
        self._connection.write(_head(response, None, self._keep_alive))

    def write(self, frames: bytes) -> None:
        """Send a piece of the stream."""
        self._connection.write(frames)

    def end(self) -> None:
        """Close the stream; the connection stays usable."""
        self.sink = None
        if not self.closed:
            self._connection.write(b"0\r\n\r\n")
            self._connection.finish(self._keep_alive)

    def abort(self) -> None:
        """Cut the connection, as a broken network does."""
        self._connection.abort()


def frame(data: bytes) -> bytes:
    """A chunk of a streamed body."""
    return b"%x\r\n%b\r\n" % (len(data), data)


class ServerConnection(asyncio.Protocol):
    """A connection of a client: bytes in, exchanges out."""

    def __init__(
        self, handle: Callable[[Exchange], None], connections: set[ServerConnection]
    ) -> None:
        self._handle = handle
        self._connections = connections
        self._parser = httptools.HttpRequestParser(self)
        self._waiting: deque[Exchange] = deque()
        self._exchange: Exchange | None = None
        self._transport: asyncio.Transport | None = None
        self.paused = False
        self.closed = True
        self._reset_message()

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)  # TCP's always is one
        self._transport.set_write_buffer_limits(high=HIGH_WATER)
        self.closed = False
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.closed = True
        self._connections.discard(self)
        self._waiting.clear()
        if self._exchange is not None and self._exchange.sink is not None:
            self._exchange.sink.gone()
        self._exchange = None

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            self._refuse(501, b"this server upgrades no connections\n")
        except httptools.HttpParserError:
            self._refuse(400, b"this is not HTTP/1.1\n")
        if self._waiting:  # a client that sends ahead waits in its own buffers, not in ours
            self._read(False)

    def pause_writing(self) -> None:
        self.paused = True
        if self._exchange is None or self._exchange.sink is None:
            self._read(False)

    def resume_writing(self) -> None:
        self.paused = False
        if self._exchange is not None and self._exchange.sink is not None:
            self._exchange.sink.resume()
        elif not self._waiting:
            self._read(True)

    # what the parser calls

    def on_url(self, url: bytes) -> None:
        self._url += url

    def on_header(self, name: bytes, value: bytes) -> None:
        name = name.lower()
        if name in _KEPT:
            self._headers[name.decode("latin-1")] = value.decode("latin-1")

    def on_headers_complete(self) -> None:
        if self._headers.get("expect", "").lower() == "100-continue":
            self.write(b"HTTP/1.1 100 Continue\r\n\r\n")

    def on_body(self, body: bytes) -> None:
        self._size += len(body)
        if self._size <= BODY_LIMIT:
            self._body.append(body)

    def on_message_complete(self) -> None:
        path, _, query = self._url.decode("latin-1").partition("?")
        request = HttpRequest(
            method=self._parser.get_method().decode("latin-1"),
            path=path,
            query=query,
            headers=self._headers,
            body=b"".join(self._body),
            oversized=self._size > BODY_LIMIT,
        )
        keep_alive = self._parser.should_keep_alive()
        self._reset_message()
        exchange = Exchange(self, request, keep_alive)
        if self._exchange is None:
            self._begin(exchange)
        else:
            self._waiting.append(exchange)

    # what an exchange calls

    def write(self, data: bytes) -> None:
        if self._transport is not None and not self.closed:
            self._transport.write(data)

    def finish(self, keep_alive: bool) -> None:
        """The exchange is answered: go on with the next one, or close."""
        self._exchange = None
        if not keep_alive:
            self.close()
        elif self._waiting:  # not from here: a long pipeline would recurse as deep
            asyncio.get_running_loop().call_soon(self._next)
        elif not self.paused:
            self._read(True)

    def close(self) -> None:
        if self._transport is not None:
            self._transport.close()

    def abort(self) -> None:
        if self._transport is not None:
            self._transport.abort()

    def _next(self) -> None:
        if self._waiting and self._exchange is None and not self.closed:
            self._begin(self._waiting.popleft())

    def _begin(self, exchange: Exchange) -> None:
        self._exchange = exchange
        self._handle(exchange)

    def _read(self, on: bool) -> None:
        if self._transport is None or self.closed or self._transport.is_closing():
            return
        if on != self._transport.is_reading():
            (self._transport.resume_reading if on else self._transport.pause_reading)()

    def _refuse(self, status: int, body: bytes) -> None:
        response = Response(status=status, body=body, content_type="text/plain")
        self.write(_head(response, len(body), False) + body)
        self.close()

    def _reset_message(self) -> None:
        self._url = b""
        self._headers: dict[str, str] = {}
        self._body: list[bytes] = []
        self._size = 0


def _head(response: Response, length: int | None, keep_alive: bool) -> bytes:
    lines = _start(response.status, response.content_type)
    if response.status == NO_CONTENT:
        pass
    elif length is None:
        lines += b"Transfer-Encoding: chunked\r\n"
    else:
        lines += b"Content-Length: %d\r\n" % length
    for name, value in response.headers:
        lines += f"{name}: {value}\r\n".encode("latin-1")
    if not keep_alive:
        lines += b"Connection: close\r\n"
    return lines + b"\r\n"


_starts: dict[tuple[int, str], bytes] = {}


def _start(status: int, content_type: str) -> bytes:
    """The lines that answers of one kind have in common."""
    known = _starts.get((status, content_type))
    if known is None:
        kind = f"Content-Type: {content_type}\r\n" if content_type else ""
        known = (
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\n"
            f"Cache-Control: no-cache, private\r\n{kind}"
        ).encode("latin-1")
        _starts[status, content_type] = known
    return known
