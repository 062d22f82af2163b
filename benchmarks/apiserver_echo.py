"""The yardstick: a server on the same event loop and parser that answers 201 and does nothing.

No API server in this language can be faster, so the ratio to it says what the API itself costs.
"""

from __future__ import annotations

import asyncio
from typing import cast

import httptools
import uvloop


class Echo(asyncio.Protocol):
    """Answers every request with the request's own body."""

    def __init__(self) -> None:
        self._parser = httptools.HttpRequestParser(self)
        self._body = b""
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # TCP's always is one

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def on_body(self, body: bytes) -> None:
        self._body += body

    def on_message_complete(self) -> None:
        assert self._transport is not None
        head = b"HTTP/1.1 201 Created\r\nContent-Length: %d\r\n\r\n" % len(self._body)
        self._transport.write(head + self._body)
        self._body = b""


async def serve() -> None:
    server = await asyncio.get_running_loop().create_server(Echo, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    uvloop.run(serve())
