"""A leg of a connection through the proxy: what is written, and how fast the other one is read."""

from __future__ import annotations

import asyncio
from typing import cast

HIGH_WATER = 256 * 1024  # By waiting on one side before the other is read no further


class Leg(asyncio.Protocol):
    """A side of a connection: the client's, or our own to the server."""

    other: Leg | None = None
    transport: asyncio.Transport | None = None
    _reading = True

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)  # TCP's always is one
        self.transport.set_write_buffer_limits(high=HIGH_WATER)

    def eof_received(self) -> bool:
        return False

    def write(self, data: bytes) -> None:
        if self.transport is not None and not self.transport.is_closing():
            self.transport.write(data)

    def pause_writing(self) -> None:
        if self.other is not None:
            self.other.read(False)

    def resume_writing(self) -> None:
        if self.other is not None:
            self.other.read(True)

    def read(self, on: bool) -> None:
        """Read on, or leave what comes in the kernel's buffers."""
        transport = self.transport
        if transport is not None and not transport.is_closing() and on != self._reading:
            self._reading = on
            (transport.resume_reading if on else transport.pause_reading)()

    def close(self) -> None:
        if self.transport is not None:
            self.transport.close()

    def abort(self) -> None:
        if self.transport is not None:
            self.transport.abort()
