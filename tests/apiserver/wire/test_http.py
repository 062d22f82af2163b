"""Connections: requests in order, limits, and what is no HTTP."""

from __future__ import annotations

import asyncio

from loadstone.apiserver.wire.http import BODY_LIMIT
from tests.apiserver import fakes

MAPS = "/api/v1/namespaces/default/configmaps"


def test_pipelined_requests_are_answered_in_order() -> None:
    async def scene() -> list[int]:
        wire = fakes.connect(fakes.server())
        paths = ("/version", "/nowhere", "/api", f"{MAPS}/none", "/apis")
        sent = b"".join(fakes.request("GET", path) for path in paths)
        assert wire.connection is not None
        for at in range(0, len(sent), 7):  # in pieces, as networks deliver
            wire.connection.data_received(sent[at : at + 7])
        await asyncio.sleep(0)
        return [status for status, _ in fakes.responses(bytes(wire.sent))]

    assert asyncio.run(scene()) == [200, 404, 200, 404, 200]


def test_requests_behind_a_delayed_one_wait_for_it() -> None:
    async def scene() -> tuple[list[int], list[int]]:
        server = fakes.server()
        fakes.ask(server, "PUT", "/loadstone/dials", [{"resource": "/version", "latency": 0.05}])
        wire = fakes.connect(server)
        assert wire.connection is not None
        wire.connection.data_received(
            fakes.request("GET", "/version") + fakes.request("GET", "/nowhere")
        )
        before = [status for status, _ in fakes.responses(bytes(wire.sent))] if wire.sent else []
        assert not wire.reading  # a client cannot fill the memory with requests
        while len(wire.sent) < 300 or b"NotFound" not in wire.sent:
            await asyncio.sleep(0.01)
        assert wire.reading
        return before, [status for status, _ in fakes.responses(bytes(wire.sent))]

    assert asyncio.run(scene()) == ([], [200, 404])


def test_a_body_beyond_the_limit_is_refused_and_not_kept() -> None:
    async def scene() -> tuple[int, str]:
        wire = fakes.connect(fakes.server())
        assert wire.connection is not None
        head = f"POST {MAPS} HTTP/1.1\r\nHost: x\r\nContent-Length: {BODY_LIMIT + 1}\r\n\r\n"
        wire.connection.data_received(head.encode() + b"x" * (BODY_LIMIT + 1))
        status, body = fakes.responses(bytes(wire.sent))[0]
        return status, body["reason"]

    assert asyncio.run(scene()) == (413, "RequestEntityTooLarge")


def test_what_is_no_http_is_answered_and_closed() -> None:
    async def scene() -> tuple[int, bool]:
        wire = fakes.connect(fakes.server())
        assert wire.connection is not None
        wire.connection.data_received(b"\x16\x03\x01 hello\r\n\r\n")
        return fakes.responses(bytes(wire.sent))[0][0], wire.closed

    assert asyncio.run(scene()) == (400, True)


def test_an_upgrade_is_refused() -> None:
    async def scene() -> int:
        wire = fakes.connect(fakes.server())
        assert wire.connection is not None
        asked = fakes.request("GET", "/version", Connection="Upgrade", Upgrade="websocket")
        wire.connection.data_received(asked)
        statuses = [status for status, _ in fakes.responses(bytes(wire.sent))]
        return statuses[-1]

    assert asyncio.run(scene()) == 501


def test_a_client_that_asks_before_sending_is_told_to_go_on() -> None:
    async def scene() -> bool:
        wire = fakes.connect(fakes.server())
        assert wire.connection is not None
        head = (
            f"POST {MAPS} HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n"
        )
        wire.connection.data_received(head.encode())
        return bytes(wire.sent).startswith(b"HTTP/1.1 100 Continue\r\n\r\n")

    assert asyncio.run(scene())
