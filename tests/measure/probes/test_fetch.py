"""Fetching what a component offers: redirects, encodings, and everything that goes wrong."""

from __future__ import annotations

import gzip
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from loadstone.measure.probes import fetch as fetching
from loadstone.measure.probes.fetch import FetchFailed, fetch, pool
from loadstone.measure.probes.page_body import NotText, text_of
from loadstone.measure.probes.probe import Subject
from loadstone.measure.probes.scrape import ScrapeProbe
from tests.measure.fakes.website import website

PAGE = b"events_total 7\n"
CHUNKS = b"7;x=y\r\nevents_\r\n8\r\ntotal 7\n\r\n0\r\nTrailer: x\r\n\r\n"


def got(address: str, path: str = "/metrics", within: float = 10.0) -> bytes:
    with pool() as connections:
        return fetch(connections, f"http://{address}{path}", within=within)


@contextmanager
def raw(answer: bytes, *, pause: float = 0.0) -> Iterator[str]:
    """Answers with these bytes and closes. `pause`: s between two of them, for a slow one."""
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def work() -> None:
            connection, _ = listener.accept()
            with connection:
                connection.recv(65536)
                try:
                    if not pause:
                        connection.sendall(answer)
                    for byte in answer if pause else b"":
                        connection.sendall(bytes([byte]))
                        time.sleep(pause)
                except OSError:  # whoever asked has gone
                    return

        thread = threading.Thread(target=work, daemon=True)
        thread.start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        thread.join(20)


@pytest.mark.parametrize(
    ("headers", "body"),
    [
        ({}, PAGE),
        ({"Content-Encoding": "identity"}, PAGE),
        ({"Content-Encoding": "gzip"}, gzip.compress(PAGE)),
        ({"Content-Encoding": "GZIP"}, gzip.compress(PAGE)),
        ({"Content-Encoding": "x-gzip"}, gzip.compress(PAGE)),
        ({"Content-Encoding": "gzip"}, gzip.compress(PAGE[:5]) + gzip.compress(PAGE[5:])),
    ],
)
def test_a_page_comes_without_the_encoding_of_its_transport(headers, body):
    with website(lambda *_: (200, headers, body)) as address:
        assert got(address) == PAGE


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize(
    "place", ["/metrics/", "metrics/", "http://{host}/metrics/", "//{host}/metrics/"]
)
def test_redirects_are_followed(status, place):
    def answering(host, path):
        if path == "/metrics":
            return status, {"Location": place.format(host=host)}, b"moved"
        return 200, {}, path.encode()

    with website(answering) as address:
        assert got(address) == b"/metrics/"


def test_a_redirect_may_name_the_loopback_otherwise():
    with website(lambda *_: (200, {}, PAGE)) as there:
        place = f"http://localhost:{there.rpartition(':')[2]}/"
        with website(lambda *_: (302, {"Location": place}, b"")) as address:
            assert got(address) == PAGE


@pytest.mark.parametrize("place", ["http://192.0.2.1/x", "file:///etc/passwd", "//192.0.2.1/"])
def test_a_redirect_leads_to_no_other_host(place):
    with (
        website(lambda *_: (302, {"Location": place}, b"")) as address,
        pytest.raises(FetchFailed, match="redirects to another host"),
    ):
        got(address)


@pytest.mark.parametrize("place", ["http://[::1/metrics", "http://[zz]/metrics", "//[/metrics"])
def test_a_redirect_to_what_is_no_address_is_told(place):
    with (
        website(lambda *_: (302, {"Location": place}, b"")) as address,
        pytest.raises(FetchFailed, match="which is no address"),
    ):
        got(address)


def test_redirects_in_a_circle_come_to_an_end():
    with (
        website(lambda *_: (302, {"Location": "/metrics"}, b"")) as address,
        pytest.raises(FetchFailed, match="redirects more than 5 times"),
    ):
        got(address)


@pytest.mark.parametrize(
    ("status", "headers", "body", "why"),
    [
        (404, {}, b"", "answered 404"),
        (500, {}, PAGE, "answered 500"),
        (204, {}, b"", "answered 204"),
        (302, {}, b"", "answered 302"),
        (200, {"Content-Encoding": "gzip"}, PAGE, "gzip, but damaged"),
        (200, {"Content-Encoding": "gzip"}, gzip.compress(PAGE)[:-9], "ends in the middle"),
        (200, {"Content-Encoding": "br"}, PAGE, "encoded as br, which nobody asked for"),
    ],
)
def test_what_is_no_page_is_told_in_words(status, headers, body, why):
    with (
        website(lambda *_: (status, headers, body)) as address,
        pytest.raises(FetchFailed, match=why),
    ):
        got(address)


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n" + PAGE,
        b"HTTP/1.0 200 OK\r\n\r\n" + PAGE,
        b"HTTP/1.0 200 OK\ncontent-length:   15\n\n" + PAGE,
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n" + CHUNKS,
    ],
)
def test_every_way_in_which_a_body_may_end_is_one(answer):
    with raw(answer) as address:
        assert got(address) == PAGE


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 16\r\n\r\n" + PAGE,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nf\r\n" + PAGE,
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nff\r\n" + PAGE,
        b"rubbish\r\n\r\n",
        b"",
    ],
)
def test_half_a_page_is_none(answer):
    with raw(answer) as address, pytest.raises(FetchFailed, match=address):
        got(address)


def test_a_page_that_drips_is_not_waited_for_for_ever():
    drip = b"HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n" + b"x" * 4000
    begun = time.monotonic()
    with raw(drip, pause=0.02) as address:
        with pytest.raises(FetchFailed, match="in time"):
            got(address, within=1.5)
        assert time.monotonic() - begun < 10


def test_a_page_without_an_end_is_cut_off(monkeypatch):
    monkeypatch.setattr(fetching, "LARGEST", 1000)
    with (
        website(lambda *_: (200, {}, b"x" * 1001)) as address,
        pytest.raises(FetchFailed, match="larger than 1000 bytes"),
    ):
        got(address)
    bomb = gzip.compress(bytes(1001))
    with (
        website(lambda *_: (200, {"Content-Encoding": "gzip"}, bomb)) as address,
        pytest.raises(FetchFailed, match="larger than 1000 bytes when unpacked"),
    ):
        got(address)


def test_one_connection_serves_every_scrape():
    ports = set()

    def answering(host, _path):
        ports.add(host)
        return 200, {}, PAGE

    with website(answering) as address, pool() as connections:
        for _ in range(3):
            fetch(connections, f"http://{address}/", within=5.0)
        (kept,) = (connections.connection_from_url(f"http://{address}/"),)
        assert kept.num_connections == 1


# --- the text of a page ---------------------------------------------------------------------------


@pytest.mark.parametrize("body", [PAGE, gzip.compress(PAGE), b"\xef\xbb\xbf" + PAGE])
def test_a_page_is_text_whatever_it_comes_in(body):
    assert text_of(body) == PAGE.decode()


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"<!DOCTYPE html><title>Sign in</title>", "HTML page"),
        (gzip.compress(PAGE)[:-5], "ends in the middle"),
        (b"\x1f\x8brubbish", "damaged"),
    ],
)
def test_what_is_no_text_of_metrics_is_told_in_words(body, why):
    with pytest.raises(NotText, match=why):
        text_of(body)


def test_a_page_of_html_is_a_failed_scrape():
    with website(lambda *_: (200, {}, b"<html></html>")) as address:
        probe = ScrapeProbe()
        probe.open(Subject(pid=1, metrics=f"http://{address}/", scrape={"events": "events_total"}))
        data = probe.close().data
    assert data.scrapes == 0
    assert "HTML" in data.problems[0]
