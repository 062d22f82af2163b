"""Serves HTTP/1.1: reads requests from connections that are kept, and hands them on in order."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import httptools

_REASONS = {200: "OK", 400: "Bad Request", 404: "Not Found", 501: "Not Implemented"}
_REASONS |= {502: "Bad Gateway", 503: "Service Unavailable"}
_LARGEST_BODY = 16 * 1024 * 1024


@dataclass(kw_only=True)
class Request:
    """A request that has come in whole."""

    method: str = ""
    target: str = ""
    headers: list[tuple[bytes, bytes]] = field(default_factory=list)
    body: bytes = b""
    keep_alive: bool = True

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    def header(self, name: bytes) -> str:
        return next((value.decode("latin-1") for key, value in self.headers if key == name), "")


class Front(asyncio.Protocol):
    """A client's connection. `handle` answers one request at a time, now or later."""

    def __init__(self, handle: Callable[[Front, Request], None]) -> None:
        self._handle = handle
        self._waiting: deque[Request] = deque()
        self._busy = False
        self.on_close: Callable[[], None] | None = None
        self.on_pace: Callable[[bool], None] | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._parser = httptools.HttpRequestParser(self)
        self._request = self._answered = Request()

    def data_received(self, data: bytes) -> None:
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            self.respond(400, b"this is no request that is understood here\n", last=True)

    def connection_lost(self, exc: Exception | None) -> None:
        self._waiting.clear()
        if self.on_close:
            self.on_close()

    def pause_writing(self) -> None:
        if self.on_pace:
            self.on_pace(False)

    def resume_writing(self) -> None:
        if self.on_pace:
            self.on_pace(True)

    # what the parser calls

    def on_message_begin(self) -> None:
        self._request = Request()

    def on_url(self, url: bytes) -> None:
        self._request.target += url.decode("latin-1")

    def on_header(self, name: bytes, value: bytes) -> None:
        self._request.headers.append((name.lower(), value))

    def on_body(self, body: bytes) -> None:
        self._request.body += body
        if len(self._request.body) > _LARGEST_BODY:
            self.transport.abort()

    def on_message_complete(self) -> None:
        self._request.method = self._parser.get_method().decode("latin-1")
        self._request.keep_alive = self._parser.should_keep_alive()
        self._waiting.append(self._request)
        if not self._busy:
            self._next()

    # what handlers call

    def respond(
        self, status: int, body: bytes, *, kind: str = "text/plain", last: bool = False
    ) -> None:
        """Send an answer of our own."""
        head = f"HTTP/1.1 {status} {_REASONS.get(status, 'Status')}\r\ncontent-type: {kind}\r\n"
        self.transport.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
        self.done(keep_alive=not last)

    def done(self, *, keep_alive: bool = True) -> None:
        """The answer has been sent; go on to the next request, or close."""
        self.on_close = self.on_pace = None
        self._busy = False
        if not keep_alive or not self._answered.keep_alive:
            self.transport.close()
        elif self._waiting:
            self._next()

    def _next(self) -> None:
        self._busy = True
        self._answered = self._waiting.popleft()
        self._handle(self, self._answered)
