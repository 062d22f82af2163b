"""Connections to one address, kept open and handed out first in, first out."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from loadstone.measure.load.connection import Connection, ConnectionOwner

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
        owner: ConnectionOwner,
        refused: Callable[[], None],
        ready: Callable[[Connection], None],
    ) -> None:
        self._host, self._port, self._size = host, port, size
        self._owner, self._refused, self._ready = owner, refused, ready
        self._gate = asyncio.Semaphore(ATONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._opening = 0
        self._closed = False
        self.open: set[Connection] = set()
        self.idle: deque[Connection] = deque()

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
            self._opening += 1
            task = asyncio.get_running_loop().create_task(self._open())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    def free(self) -> Connection | None:
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
        connection = await self._attempt()
        self._opening -= 1
        if connection is not None and connection.up:  # it may have been closed by now
            self.open.add(connection)
            self._ready(connection)
        else:
            self._refused()

    async def _attempt(self) -> Connection | None:
        loop = asyncio.get_running_loop()
        connect = loop.create_connection(lambda: Connection(self._owner), self._host, self._port)
        try:
            async with self._gate:
                _, connection = await asyncio.wait_for(connect, timeout=CONNECTING)
        except OSError:  # TimeoutError is one
            return None
        return connection
