"""The server's leg: a client's own connection to the API server."""

from __future__ import annotations

import asyncio
import sys
from typing import Protocol

from loadstone.cluster.api_proxy.leg import Leg
from loadstone.cluster.api_proxy.server_access import ServerAccess


class AnsweredClient(Protocol):
    """The client that a server's leg is for, as far as it has to know it."""

    def answer(self, data: bytes) -> None:
        """A piece of what the server says."""

    def server_gone(self, server: ServerLeg) -> None:
        """The server has closed its connection."""

    def abort(self) -> None: ...


class ServerLeg(Leg):
    """A connection to the server; `theirs`: with the client's credentials instead of ours."""

    def __init__(self, client: AnsweredClient, other: Leg, *, theirs: bool) -> None:
        self.client = client
        self.other = other
        self.theirs = theirs
        self.gone = False
        self._waiting: list[bytes] = []
        self._connecting: asyncio.Task[None] | None = None  # the loop itself holds no task

    def connect(self, access: ServerAccess) -> None:
        """Begin to connect; where that fails, the client's connection is cut."""
        self._connecting = asyncio.get_running_loop().create_task(self._connect(access))

    async def _connect(self, access: ServerAccess) -> None:
        context = access.theirs if self.theirs else access.ours
        try:
            await asyncio.get_running_loop().create_connection(
                lambda: self,
                access.host,
                access.port,
                ssl=context,
                server_hostname=access.name if context else None,
            )
        except (OSError, ValueError) as error:
            print(f"no connection to {access.host}:{access.port}: {error}", file=sys.stderr)
            self.client.abort()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self.gone:  # the client left before it was there
            self.abort()
        for data in self._waiting:
            self.write(data)
        self._waiting.clear()

    def send(self, data: bytes) -> None:
        """Send now, or as soon as the connection is there."""
        if self.transport is None:
            self._waiting.append(data)
        else:
            self.write(data)

    def abort(self) -> None:
        self.gone = True
        super().abort()

    def data_received(self, data: bytes) -> None:
        self.client.answer(data)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self.gone = True
        self.client.server_gone(self)
