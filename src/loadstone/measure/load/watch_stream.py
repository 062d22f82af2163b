"""A watch as a client has it: one connection after another, each from where the last one ended."""

from __future__ import annotations

import asyncio
import socket
import time
from http import HTTPStatus
from typing import Protocol, cast

import httptools

from loadstone.measure.load.api_request import ApiMessages
from loadstone.measure.load.api_target import address, tls
from loadstone.measure.load.watch import AGENT
from loadstone.measure.load.watch_events import EventReader, SeenEvent, WatchPlace
from loadstone.model import ApiAccess

_AGAIN = 0.2  # s until a watch is opened again that ended or was refused
_RECEIVED = 4096  # By that the kernel keeps for a slow reader


class WatchOwner(Protocol):
    """The owner of a watch, who hears of it."""

    def seen(self, watch: WatchStream, found: SeenEvent, now: float) -> None: ...

    def ended(self, watch: WatchStream, *, expired: bool) -> None: ...

    def refused(self, watch: WatchStream, why: str) -> None: ...


class WatchStream(asyncio.Protocol):
    """A watch from a revision on; `slow` readers take `rate` bytes a second."""

    def __init__(
        self, owner: WatchOwner, access: ApiAccess, path: str, revision: str, rate: float = 0.0
    ) -> None:
        self._owner, self._path = owner, path
        self._host, self._port = address(access)
        self._tls = tls(access)
        self._messages = ApiMessages(access, AGENT)
        self._rate = rate
        self.place = WatchPlace(revision)
        self.up = False
        self.opened = asyncio.Event()
        self._events = EventReader()
        self._now = 0.0  # when the bytes came that are being read
        self._over = False
        self._trying = False  # asked, and not answered yet
        self._transport: asyncio.Transport | None = None

    @property
    def slow(self) -> bool:
        return self._rate > 0

    async def open(self) -> None:
        """Connect and ask, once; `opened` is set when the server has begun to answer."""
        if self._over:
            return
        self._trying = True
        loop = asyncio.get_running_loop()
        try:
            await loop.create_connection(
                lambda: self,
                sock=await self._socket(),
                ssl=self._tls,
                server_hostname=self._host if self._tls else None,
            )
        except OSError as error:
            self._lost(str(error) or type(error).__name__)

    def close(self) -> None:
        """End for good."""
        self._over = True
        self.up = False
        if self._transport is not None:
            self._transport.abort()

    async def _socket(self) -> socket.socket:
        loop = asyncio.get_running_loop()
        found = await loop.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)
        family, kind, protocol, _, where = found[0]
        made = socket.socket(family, kind, protocol)
        made.setblocking(False)
        if self.slow:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _RECEIVED)
        try:
            await loop.sock_connect(made, where)
        except BaseException:
            made.close()
            raise
        return made

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._parser = httptools.HttpResponseParser(self)
        self._events = EventReader()
        joined, revision = "&" if "?" in self._path else "?", self.place.revision
        path = f"{self._path}{joined}watch=1&allowWatchBookmarks=true"
        path += f"&resourceVersion={revision}" if revision else ""
        self._transport.write(self._messages.get(path).message)

    def data_received(self, data: bytes) -> None:
        self._now = time.monotonic()
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserError:
            self._end(expired=False)
            return
        if self.slow and self._transport is not None and not self._transport.is_closing():
            self._transport.pause_reading()
            asyncio.get_running_loop().call_later(len(data) / self._rate, self._read_on)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._end(expired=False)
        self._lost("closed before it was answered")

    def _read_on(self) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.resume_reading()

    # what httptools calls

    def on_headers_complete(self) -> None:
        status = self._parser.get_status_code()
        if status == HTTPStatus.OK:
            self.up, self._trying = True, False
            self.opened.set()
            return
        if status == HTTPStatus.GONE:
            self.place.expire()
        self._lost(f"status {status}")
        if self._transport is not None:
            self._transport.abort()

    def on_body(self, body: bytes) -> None:
        for found in self._events.feed(body):
            if found.type == "ERROR":
                self.place.expire()
                self._end(expired=True)
                return
            self.place.move(found)
            if found.type != "BOOKMARK":
                self._owner.seen(self, found, self._now)

    # endings

    def _end(self, *, expired: bool) -> None:
        """The server has ended a watch that was open: open it again where it was."""
        if not self.up:
            return
        self.up = False
        if self._transport is not None:
            self._transport.abort()
        self._owner.ended(self, expired=expired)
        self._later()

    def _lost(self, why: str) -> None:
        """An attempt to open it has failed: try again."""
        if self._trying and not self._over:
            self._trying = False
            self._owner.refused(self, why)
            self._later()

    def _later(self) -> None:
        loop = asyncio.get_running_loop()
        loop.call_later(_AGAIN, lambda: loop.create_task(self.open()))
