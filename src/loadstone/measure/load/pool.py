"""Connections to one address, kept open and handed out first in, first out."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable

from loadstone.measure.load.connection import Connection, Owner

RETRY = 0.1  # s between attempts to open a connection again
ATONCE = 64  # connections being opened at a time
CONNECTING = 5.0  # s until an attempt to open one counts as failed


class Pool:
    """`size` connections to host:port. A lost one is opened again, however long that takes."""

    def __init__(
        self,
        *,
        host: str,
        port: int,
        size: int,
        owner: Owner,
        refused: Callable[[], None],
        ready: Callable[[Connection], None],
    ) -> None:
        self._host, self._port, self._size = host, port, size
        self._owner, self._refused, self._ready = owner, refused, ready
        self._gate = asyncio.Semaphore(ATONCE)
        self._tasks: set[asyncio.Task[None]] = set()
        self._closed = False
        self._unattempted = size
        self._attempted = asyncio.Event()
        self.open: set[Connection] = set()
        self.idle: deque[Connection] = deque()

    async def fill(self) -> None:
        """Try once to open each connection; those that fail are tried again in the background."""
        for _ in range(self._size):
            self.add()
        await self._attempted.wait()

    def add(self) -> None:
        """Open one connection, in the background."""
        if self._closed:
            return
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
        while not self._closed:
            if await self._attempt():
                return
            await asyncio.sleep(RETRY)

    async def _attempt(self) -> bool:
        loop = asyncio.get_running_loop()
        connect = loop.create_connection(lambda: Connection(self._owner), self._host, self._port)
        try:
            async with self._gate:
                _, connection = await asyncio.wait_for(connect, timeout=CONNECTING)
        except OSError:  # TimeoutError is one
            self._refused()
            return False
        else:
            self.open.add(connection)
            self._ready(connection)
            return True
        finally:
            self._unattempted -= 1
            if self._unattempted == 0:
                self._attempted.set()
