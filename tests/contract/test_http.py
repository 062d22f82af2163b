"""The protocol below the API: what any HTTP client may rely on."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Target
from tests.contract.objects import config_map


@pytest.fixture
def wire(target: Target) -> Iterator[socket.socket]:
    """A bare connection to the server."""
    if target.ours is None:
        pytest.skip("a real server speaks TLS")
    url = urlsplit(target.ours.api)
    connection = socket.create_connection((url.hostname, url.port), timeout=30)
    yield connection
    connection.close()


def read(wire: socket.socket, answers: int) -> bytes:
    """Everything up to the end of that many answers that say `ok`."""
    found = b""
    while found.count(b"\r\n\r\nok") < answers:
        piece = wire.recv(65536)
        assert piece, f"the connection was closed after {found!r}"
        found += piece
    return found


def test_a_connection_serves_many_requests(api: Api, maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    before = api.pool.connection_from_url(api.url).num_connections
    for _ in range(20):
        maps.read("a").ok()
        maps.read("nobody").failed(404, "NotFound")
    assert api.pool.connection_from_url(api.url).num_connections == before


def test_requests_may_be_sent_before_the_last_is_answered(wire: socket.socket) -> None:
    wire.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n" * 5)
    assert read(wire, 5).count(b"HTTP/1.1 200 OK") == 5


def test_a_request_may_come_in_pieces(wire: socket.socket) -> None:
    for byte in b"GET /livez HTTP/1.1\r\nHost: a\r\n\r\n":
        wire.sendall(bytes([byte]))
    assert read(wire, 1).startswith(b"HTTP/1.1 200 OK")


def test_a_client_may_ask_for_the_connection_to_be_closed(wire: socket.socket) -> None:
    wire.sendall(b"GET /livez HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    read(wire, 1)
    assert wire.recv(1) == b""


def test_a_body_may_be_chunked(wire: socket.socket) -> None:
    body = b'{"metadata":{"generateName":"chunked-"}}'
    head = (
        b"POST /api/v1/namespaces/default/configmaps?dryRun=All HTTP/1.1\r\nHost: a\r\n"
        b"Content-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
    )
    chunks = b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:10], body[10:]))
    wire.sendall(head + chunks + b"0\r\n\r\n")
    assert wire.recv(65536).startswith(b"HTTP/1.1 201 Created")


def test_a_client_may_wait_to_be_told_to_go_on(wire: socket.socket) -> None:
    wire.sendall(
        b"POST /api/v1/namespaces/default/configmaps?dryRun=All HTTP/1.1\r\nHost: a\r\n"
        b"Content-Type: application/json\r\nContent-Length: 33\r\nExpect: 100-continue\r\n\r\n"
    )
    assert wire.recv(65536).startswith(b"HTTP/1.1 100 Continue")
    wire.sendall(b'{"metadata":{"generateName":"e"}}')
    assert wire.recv(65536).startswith(b"HTTP/1.1 201 Created")


def test_nonsense_is_a_bad_request(wire: socket.socket) -> None:
    wire.sendall(b"this is not HTTP\r\n\r\n")
    assert wire.recv(65536).startswith(b"HTTP/1.1 400 ")


def test_a_server_survives_clients_that_break_off(target: Target, api: Api) -> None:
    if target.ours is None:
        pytest.skip("a real server speaks TLS")
    url = urlsplit(target.ours.api)
    for sent in (b"GET", b"POST /api/v1/pods HTTP/1.1\r\nContent-Length: 9\r\n\r\nhalf"):
        with socket.create_connection((url.hostname, url.port), timeout=30) as connection:
            connection.sendall(sent)
    api.get("/livez", accept="*/*")
    assert target.ours.alive()


@pytest.mark.parametrize("name", ["ä", "%2e%2e", "a%2fb", "%00", "x" * 300])
def test_a_strange_name_is_only_not_found(maps: Collection, name: str) -> None:
    answer = maps.api.get(f"{maps.path()}/{name}")
    assert answer.status in (400, 404)


@pytest.mark.parametrize("path", ["//", "/api/v1/", "/api//v1/pods", "/apis/apps/v1/a/b/c/d/e/f"])
def test_a_strange_path_is_answered(api: Api, path: str) -> None:
    assert api.get(path, accept="*/*").status in (200, 301, 404)


def test_json_that_is_deep_is_refused_not_fatal(maps: Collection) -> None:
    deep = b'{"metadata":{"name":"a"},"data":' + b'{"a":' * 20_000 + b"1" + b"}" * 20_000 + b"}"
    assert maps.create(deep).status in (400, 413, 422)
    maps.create(config_map("a")).ok()
