"""Sends requests on to the upstream over kept connections, and their answers back."""

from __future__ import annotations

import asyncio
from typing import Any

import httptools

from tests.planted.flaws import Planted
from tests.planted.routes import Address, Table
from tests.planted.serving import Front, Request

_HOP = {b"connection", b"keep-alive", b"transfer-encoding", b"content-length", b"upgrade", b"te"}
_UNDERSTOOD = {"GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"}


class Proxy:
    """Routes requests by a table. `requests` counts them, `errors` the ones it answered itself."""

    def __init__(self, table: Table, planted: Planted) -> None:
        self._table, self._planted = table, planted
        self._idle: dict[Address, list[Back]] = {}
        self._opening: set[asyncio.Task[None]] = set()
        self.requests = self.errors = 0

    def handle(self, front: Front, request: Request) -> None:
        """Answer a request of a client."""
        self.requests += 1
        if not self._planted.on_request():
            return self.fail(front, 502, b"a wrong answer, as planted\n")
        if request.method not in _UNDERSTOOD:
            return self.fail(front, 501, b"this method is not understood\n")
        try:
            address = self._table.pick(request.header(b"host"), request.path)
        except KeyError:
            return self.fail(front, 404, b"no route\n")
        if address is None:
            return self.fail(front, 503, b"no endpoint is ready\n")
        return self.send(front, request, address)

    def fail(self, front: Front, status: int, body: bytes) -> None:
        self.errors += 1
        front.respond(status, body)

    def send(
        self, front: Front, request: Request, address: Address, *, fresh: bool = False
    ) -> None:
        """Send a request over an idle connection, or a `fresh` one."""
        idle = self._idle.setdefault(address, [])
        while idle and not fresh:
            back = idle.pop()
            if not back.transport.is_closing():
                return back.send(front, request)
        task = asyncio.get_running_loop().create_task(self._open(front, request, address))
        self._opening.add(task)
        task.add_done_callback(self._opening.discard)
        return None

    def keep(self, back: Back) -> None:
        self._idle[back.address].append(back)

    async def _open(self, front: Front, request: Request, address: Address) -> None:
        try:
            _, back = await asyncio.get_running_loop().create_connection(
                lambda: Back(self, address), *address
            )
        except OSError:
            self.fail(front, 502, b"the upstream does not answer\n")
        else:
            back.send(front, request)


class Back(asyncio.Protocol):
    """A connection to the upstream; what it answers is passed on as it comes."""

    def __init__(self, proxy: Proxy, address: Address) -> None:
        self._proxy, self.address = proxy, address
        self._front: Front | None = None
        self._used = 0  # requests answered before this one
        self._answered = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        self._parser = httptools.HttpResponseParser(self)

    def send(self, front: Front, request: Request) -> None:
        if front.transport.is_closing():
            self._proxy.keep(self)
            return
        self._front, self._request, self._answered = front, request, False
        front.on_close, front.on_pace = self._client_gone, self._pace
        self.transport.write(_rendered(request))

    def data_received(self, data: bytes) -> None:
        if self._front is None:  # nothing was asked
            self.transport.abort()
            return
        self._answered = True
        front = self._front
        front.transport.write(data)
        try:
            self._parser.feed_data(data)
        except (httptools.HttpParserError, httptools.HttpParserUpgrade):
            front.transport.abort()
            self.transport.abort()

    def on_message_complete(self) -> None:
        front, self._front = self._front, None
        self._used += 1
        kept = self._parser.should_keep_alive()
        if kept:
            self._proxy.keep(self)
        else:
            self.transport.close()
        if front is not None:
            front.done(keep_alive=kept)

    def connection_lost(self, exc: Exception | None) -> None:
        front, self._front = self._front, None
        if front is None:
            return
        if self._answered:
            front.transport.abort()  # the client has half an answer and must not take it for whole
        elif self._used:  # the upstream closed a kept connection just when it was needed again
            self._proxy.send(front, self._request, self.address, fresh=True)
        else:
            self._proxy.fail(front, 502, b"the upstream closed the connection\n")

    def _client_gone(self) -> None:
        self._front = None
        self.transport.abort()

    def _pace(self, ready: bool) -> None:
        if ready:
            self.transport.resume_reading()
        else:
            self.transport.pause_reading()


def _rendered(request: Request) -> bytes:
    lines = [f"{request.method} {request.target} HTTP/1.1".encode("latin-1")]
    lines += [name + b": " + value for name, value in request.headers if name not in _HOP]
    if request.body:
        lines.append(b"content-length: %d" % len(request.body))
    return b"\r\n".join(lines) + b"\r\n\r\n" + request.body
