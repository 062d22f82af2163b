"""A raw HTTP client whose own cost is small: creators in one process, watchers in another.

Requests are bytes that were made beforehand, answers are parsed by httptools alone. What watchers
received is kept as it came and judged when the clock has stopped.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import sha256
from itertools import pairwise
from typing import cast

import httptools
import uvloop

PATIENCE = 120.0  # s a measurement may take
COLLECTION = "/apis/networking.k8s.io/v1/namespaces/default/ingresses"


def body(number: int) -> bytes:
    """An Ingress with one host and one path, as a scenario creates them."""
    path = {
        "path": "/",
        "pathType": "Prefix",
        "backend": {"service": {"name": f"web-{number}", "port": {"number": 80}}},
    }
    rule = {"host": f"host-{number}.example", "http": {"paths": [path]}}
    item = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": name(number), "labels": {"app": "benchmark"}},
        "spec": {"ingressClassName": "benchmark", "rules": [rule]},
    }
    return json.dumps(item, separators=(",", ":")).encode()


def name(number: int) -> str:
    return f"ingress-{number:05d}"


def request(number: int) -> bytes:
    sent = body(number)
    head = (
        f"POST {COLLECTION} HTTP/1.1\r\nHost: 127.0.0.1\r\nUser-Agent: benchmark-creator\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(sent)}\r\n\r\n"
    )
    return head.encode() + sent


@dataclass
class Created:
    """How the creators fared: seconds in all, and of each request."""

    seconds: float = 0.0
    latencies: list[float] = field(default_factory=list)  # s
    refused: int = 0


class Creator(asyncio.Protocol):
    """One connection of the pool: it sends the next request when it has the last one's answer."""

    def __init__(self, queue: Iterator[bytes], created: Created, done: asyncio.Future[None]):
        self._queue = queue
        self._created = created
        self._done = done
        self._parser = httptools.HttpResponseParser(self)
        self._sent = 0.0
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.WriteTransport, transport)  # TCP's always is one
        self._next()

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self._done.done():
            self._done.set_exception(exc or ConnectionError("the server closed the connection"))

    def on_message_complete(self) -> None:
        self._created.latencies.append(time.perf_counter() - self._sent)
        self._created.refused += self._parser.get_status_code() != 201
        self._next()

    def _next(self) -> None:
        assert self._transport is not None
        following = next(self._queue, None)
        if following is None:
            self._done.set_result(None)
            self._transport.close()
            return
        self._sent = time.perf_counter()
        self._transport.write(following)


async def create(port: int, objects: int, connections: int) -> Created:
    """Create that many objects over one pool of connections, in the order of their numbers."""
    loop, created = asyncio.get_running_loop(), Created()
    requests = [request(number) for number in range(objects)]
    queue = iter(requests)
    waiting: list[asyncio.Future[None]] = [loop.create_future() for _ in range(connections)]
    start = time.perf_counter()
    for done in waiting:
        await loop.create_connection(partial(Creator, queue, created, done), "127.0.0.1", port)
    await asyncio.wait_for(asyncio.gather(*waiting), PATIENCE)
    created.seconds = time.perf_counter() - start
    return created


class Watcher(asyncio.Protocol):
    """One watch: it keeps what it is sent, and notes when it has all of it."""

    def __init__(self, objects: int) -> None:
        self.pieces: list[bytes] = []
        self.opened = asyncio.get_running_loop().create_future()
        self.complete = asyncio.get_running_loop().create_future()
        self._missing = objects
        self._parser = httptools.HttpResponseParser(self)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        cast(asyncio.WriteTransport, transport).write(
            f"GET {COLLECTION}?watch=true HTTP/1.1\r\nHost: 127.0.0.1\r\n"
            "User-Agent: benchmark-watcher\r\nAccept: application/json\r\n\r\n".encode()
        )

    def data_received(self, data: bytes) -> None:
        self._parser.feed_data(data)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.complete.done():
            self.complete.set_exception(exc or ConnectionError("the server ended the watch"))

    def on_headers_complete(self) -> None:
        self.opened.set_result(self._parser.get_status_code())

    def on_body(self, data: bytes) -> None:
        self.pieces.append(data)
        self._missing -= data.count(b"\n")  # an event is a line
        if self._missing <= 0 and not self.complete.done():
            self.complete.set_result(time.perf_counter())


@dataclass(frozen=True, kw_only=True)
class Watched:
    """What the watchers saw; `finished` is on the clock that all processes share."""

    finished: float  # s, when the last watcher had everything
    bytes: int
    problems: list[str]


async def watch(port: int, objects: int, watchers: int) -> Watched:
    """Open the watches, say so on standard output, and wait until all have seen everything."""
    loop = asyncio.get_running_loop()
    opened = [
        (await loop.create_connection(lambda: Watcher(objects), "127.0.0.1", port))
        for _ in range(watchers)
    ]
    clients = [client for _, client in opened]
    assert set(await asyncio.gather(*(client.opened for client in clients))) == {200}
    print("open", flush=True)
    times = await asyncio.wait_for(asyncio.gather(*(each.complete for each in clients)), PATIENCE)
    for transport, _ in opened:
        transport.close()
    streams = [b"".join(client.pieces) for client in clients]
    return Watched(
        finished=max(times),
        bytes=sum(map(len, streams)),
        problems=problems(streams, objects),
    )


def problems(streams: Sequence[bytes], objects: int) -> list[str]:
    """What is wrong with what the watchers saw: nothing missing, nothing twice, all in order."""
    found = []
    known: dict[bytes, list[str]] = {}
    for number, stream in enumerate(streams):
        key = sha256(stream).digest()
        if key not in known:
            known[key] = _problems(stream, objects)
        found += [f"watcher {number}: {problem}" for problem in known[key]]
    return found


def _problems(stream: bytes, objects: int) -> list[str]:
    events = [json.loads(line) for line in stream.splitlines()]
    metadata = [event["object"]["metadata"] for event in events]
    versions = [int(each["resourceVersion"]) for each in metadata]
    found = []
    if {event["type"] for event in events} != {"ADDED"}:
        found.append("an event is not ADDED")
    if sorted(each["name"] for each in metadata) != [name(number) for number in range(objects)]:
        found.append(f"{len(events)} events are not of each object once")
    if any(earlier >= later for earlier, later in pairwise(versions)):
        found.append("the events are not in the order of their versions")
    return found


def main(arguments: Sequence[str]) -> None:
    """`PORT OBJECTS WATCHERS`: the process of the watchers; its last line is `Watched` as JSON."""
    port, objects, watchers = map(int, arguments)
    print(json.dumps(vars(uvloop.run(watch(port, objects, watchers)))))


if __name__ == "__main__":
    main(sys.argv[1:])
