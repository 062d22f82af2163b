"""A transport without a network, and a server behind it."""

from __future__ import annotations

import asyncio
import json
import random
from typing import Any

import httptools

from loadstone.apiserver.server import Server
from loadstone.apiserver.state import State
from loadstone.apiserver.storage.object_store import ObjectStore
from loadstone.apiserver.wire.http import ServerConnection


class Wire(asyncio.Transport):
    """What was written, and whether the reader keeps up: `full` makes it fall behind."""

    def __init__(self, limit: int | None = None) -> None:
        super().__init__()
        self.sent = bytearray()
        self.connection: ServerConnection | None = None
        self.closed = False
        self.reading = True
        self._limit = limit

    def set_write_buffer_limits(self, high: int | None = None, low: int | None = None) -> None:
        return

    def write(self, data: bytes | bytearray | memoryview) -> None:
        self.sent += data
        if self._limit is not None and len(self.sent) > self._limit and self.connection:
            self.connection.pause_writing()

    def drain(self) -> bytes:
        """The reader takes everything and asks for more."""
        taken, self.sent = bytes(self.sent), bytearray()
        if self.connection is not None:
            self.connection.resume_writing()
        return taken

    def is_closing(self) -> bool:
        return self.closed

    def is_reading(self) -> bool:
        return self.reading

    def pause_reading(self) -> None:
        self.reading = False

    def resume_reading(self) -> None:
        self.reading = True

    def close(self) -> None:
        self.abort()

    def abort(self) -> None:
        if not self.closed:
            self.closed = True
            if self.connection is not None:
                self.connection.connection_lost(None)


def server(window: int = 10_000) -> Server:
    return Server(State(store=ObjectStore(window), rng=random.Random(1)))


def connect(to: Server, limit: int | None = None) -> Wire:
    wire = Wire(limit)
    wire.connection = ServerConnection(to.handle, set())
    wire.connection.connection_made(wire)
    return wire


def request(method: str, path: str, document: Any = None, **headers: str) -> bytes:
    body = b"" if document is None else json.dumps(document).encode()
    lines = [f"{method} {path} HTTP/1.1", "Host: x", f"Content-Length: {len(body)}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


def ask(to: Server, method: str, path: str, document: Any = None, **headers: str) -> Any:
    """The JSON that a request is answered with."""
    wire = connect(to)
    assert wire.connection is not None
    wire.connection.data_received(request(method, path, document, **headers))
    return responses(bytes(wire.sent))[0][1]


def responses(data: bytes) -> list[tuple[int, Any]]:
    """The statuses and JSON bodies of a stream of responses, cut off or not."""
    reader = _Reader()
    parser = httptools.HttpResponseParser(reader)
    reader.parser = parser
    parser.feed_data(data)
    return reader.found


def events(data: bytes) -> list[dict[str, Any]]:
    """The events in a stream of chunks, with or without the head before it."""
    reader = _Reader()
    reader.parser = httptools.HttpResponseParser(reader)
    if not data.startswith(b"HTTP/"):
        data = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + data
    reader.parser.feed_data(data)
    return [json.loads(line) for line in reader.body.splitlines()]


class _Reader:
    def __init__(self) -> None:
        self.parser: Any = None
        self.body = b""
        self.found: list[tuple[int, Any]] = []

    def on_message_begin(self) -> None:
        self.body = b""

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        try:
            body = json.loads(self.body)
        except ValueError:
            body = self.body.decode()
        self.found.append((self.parser.get_status_code(), body))
