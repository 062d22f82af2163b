"""Watchers: order, sharing, and the ones that do not keep up."""

from __future__ import annotations

import asyncio
from typing import Any

from loadstone.apiserver.server import Server
from tests.apiserver import fakes

MAPS = "/api/v1/namespaces/default/configmaps"


def create(server: Server, name: str, size: int = 0) -> None:
    document = {"metadata": {"name": name}, "data": {"x": "y" * size}}
    assert fakes.ask(server, "POST", MAPS, document)["metadata"]["name"] == name


def watch(server: Server, query: str = "", limit: int | None = None) -> fakes.Wire:
    wire = fakes.connect(server, limit)
    assert wire.connection is not None
    wire.connection.data_received(fakes.request("GET", f"{MAPS}?watch=1{query}"))
    return wire


def names(found: list[dict[str, Any]]) -> list[str]:
    return [event["object"]["metadata"]["name"] for event in found]


def test_every_watcher_sees_every_event_once_and_in_order() -> None:
    async def scene() -> list[list[str]]:
        server = fakes.server()
        wires = [watch(server) for _ in range(20)]
        for number in range(300):
            create(server, f"a{number}")
            if number % 7 == 0:
                await asyncio.sleep(0)
        await asyncio.sleep(0.01)
        return [names(fakes.events(bytes(wire.sent))) for wire in wires]

    expected = [f"a{number}" for number in range(300)]
    assert asyncio.run(scene()) == [expected] * 20


def test_a_slow_watcher_holds_no_events_and_catches_up() -> None:
    async def scene() -> tuple[int, list[str]]:
        server = fakes.server()
        wire = watch(server, limit=10_000)
        for number in range(200):
            create(server, f"a{number}", size=1000)
            await asyncio.sleep(0)
        waiting = len(wire.sent)
        received = b""
        while wire.sent:
            received += wire.drain()
        return waiting, names(fakes.events(received))

    waiting, seen = asyncio.run(scene())
    assert waiting < 15_000  # what was written before it fell behind, and nothing since
    assert seen == [f"a{number}" for number in range(200)]


def test_a_watcher_that_falls_out_of_the_history_is_told_and_closed() -> None:
    async def scene() -> tuple[dict[str, Any], int]:
        server = fakes.server(window=20)
        wire = watch(server, limit=2_000)
        for number in range(100):
            create(server, f"a{number}", size=1000)
            await asyncio.sleep(0)
        received = b""
        while wire.sent:
            received += wire.drain()
        return fakes.events(received)[-1], len(server.state.hub)

    last, left = asyncio.run(scene())
    assert last["type"] == "ERROR"
    assert last["object"]["code"] == 410
    assert left == 0


def test_a_closed_connection_leaves_no_watcher_behind() -> None:
    async def scene() -> tuple[int, int]:
        server = fakes.server()
        wires = [watch(server) for _ in range(5)]
        before = len(server.state.hub)
        for wire in wires:
            wire.abort()
        return before, len(server.state.hub)

    assert asyncio.run(scene()) == (5, 0)


def test_a_dialled_watch_is_late_and_still_in_order() -> None:
    async def scene() -> tuple[int, list[str]]:
        server = fakes.server()
        fakes.ask(
            server, "PUT", "/loadstone/dials", [{"verb": "watch", "latency": 0.5, "jitter": 0.02}]
        )
        start = fakes.ask(server, "GET", MAPS)["metadata"]["resourceVersion"]
        wire = watch(server, f"&resourceVersion={start}")
        for number in range(50):
            create(server, f"a{number}")
            await asyncio.sleep(0)
        early = len(wire.sent)
        while wire.sent.count(b'"ADDED"') < 50:
            await asyncio.sleep(0.01)
        return early, names(fakes.events(bytes(wire.sent)))

    early, seen = asyncio.run(scene())
    assert early == 0
    assert seen == [f"a{number}" for number in range(50)]


def test_a_reset_ends_every_watch() -> None:
    async def scene() -> bytes:
        server = fakes.server()
        wire = watch(server)
        fakes.ask(server, "POST", "/loadstone/reset")
        return bytes(wire.sent)

    assert asyncio.run(scene()).endswith(b"0\r\n\r\n")
