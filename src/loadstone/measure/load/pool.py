"""Connections to one address, kept open and handed out first in, first out."""

from __future__ import annotations

import asyncio
import ssl
from collections import deque
from collections.abc import Callable
from typing import Any

from loadstone.measure.load.connection import Connection

ATONCE = 64  # connections being opened at a time
CONNECTING = 5.0  # s until an attempt to open one counts as failed


class Pool:
    """A pool of at most `size` connections to host:port.

    They are opened at the start, and one that is lost is opened again when a request wants it, as a
    client does: a target that closes all of them whenever it reloads would else be measured
    accepting what nobody uses.
    """

    def __init__(
        self,
        *,
        host: str,
        port: int,
        size: int,
        owner: Any,
        refused: Callable[[str], None],
        ready: Callable[[Any], None],
        make: Callable[[Any], Any] = Connection,
        tls: ssl.SSLContext | None = None,
        name: str = "",
        patience: float = CONNECTING,
    ) -> None:
        """`make`: a connection of its owner; `name`: of the server, for TLS; `patience`: s."""
        self._host, self._port, self._size = host, port, size
        self._owner, self._refused, self._ready, self._make = owner, refused, ready, make
        self._how: dict[str, Any] = {"ssl": tls, "server_hostname": name or None} if tls else {}
        self._patience = patience
        self._gate = asyncio.Semaphore(ATONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._opening = 0
        self._closed = False
        self.open: set[Any] = set()
        self.idle: deque[Any] = deque()

    @property
    def empty(self) -> bool:
        """Whether no connection is open, and none is being opened."""
        return not self.open and not self._opening

    async def fill(self) -> None:
        """Try once to open each connection."""
        self.want(self._size)
        await asyncio.gather(*self._tasks)

    def want(self, count: int) -> None:
        """`count` requests wait for connections: see to it that so many are on their way."""
        wanted = min(count, self._size - len(self.open))
        while self._opening < wanted and not self._closed:
            self.add()

    def add(self) -> None:
        """Open one more."""
        self._opening += 1
        task = asyncio.get_running_loop().create_task(self._open())
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def free(self) -> Any:
        """The connection that has been idle longest."""
        while self.idle:
            connection = self.idle.popleft()
            if connection.up:
                return connection
        return None

    def close(self) -> None:
        self._closed = True
        for task in self._tasks:
            task.cancel()
        for connection in self.open:
            connection.close()

    async def _open(self) -> None:
        connection, why = await self._attempt()
        self._opening -= 1
        if connection is not None and connection.up:  # it may have been closed by now
            self.open.add(connection)
            self._ready(connection)
        else:
            self._refused(why)

    async def _attempt(self) -> tuple[Any, str]:
        """A new connection, or why there is none."""
        try:
            async with self._gate:
                connection = await asyncio.wait_for(self._connected(), timeout=self._patience)
        except OSError as error:  # TimeoutError is one
            return None, str(error)
        return connection, "" if connection.up else "the target does not speak that protocol"

    async def _connected(self) -> Any:
        loop = asyncio.get_running_loop()
        make = lambda: self._make(self._owner)  # noqa: E731
        _, connection = await loop.create_connection(make, self._host, self._port, **self._how)
        ready = getattr(connection, "ready", None)
        if ready is not None:  # a connection that has something to agree on first
            try:
                await ready
            except BaseException:  # it took too long: nobody has it, so nobody else would close it
                connection.close()
                raise
        return connection
