"""Heads of messages: what a proxy has to know of them, and that the rest goes on as it came."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.cluster.api_proxy.message_heads import (
    BodyLength,
    MalformedHead,
    request_head,
    response_head,
)

REQUEST = (
    b"POST /api/v1/namespaces/a/pods?dryRun=All HTTP/1.1\r\nHost: proxy:1\r\n"
    b"User-Agent: kubectl/v1 (linux)\r\nX-Odd:  kept as it is \r\nContent-Length: 12"
)


def test_a_request_goes_on_with_another_host_and_our_credentials_and_nothing_else_changed():
    head = request_head(REQUEST)
    assert head.written(b"server:2", b"Authorization: Bearer t\r\n", "/below") == (
        b"POST /below/api/v1/namespaces/a/pods?dryRun=All HTTP/1.1\r\nHost: server:2\r\n"
        b"Authorization: Bearer t\r\nUser-Agent: kubectl/v1 (linux)\r\n"
        b"X-Odd:  kept as it is \r\nContent-Length: 12\r\n\r\n"
    )
    assert (head.method, head.headers.agent) == ("POST", "kubectl/v1 (linux)")
    assert not head.headers.authorized
    assert head.headers.framing == BodyLength(length=12)


def test_credentials_of_the_client_are_seen():
    assert request_head(REQUEST + b"\r\nauthorization: Bearer x").headers.authorized


@pytest.mark.parametrize(
    "head",
    [
        b"",
        b"GET /",
        b"GET / HTTP/2",
        b"GET http://elsewhere/ HTTP/1.1",
        b"GET / HTTP/1.1\r\nno header",
        b"GET / HTTP/1.1\r\n folded: 1",
        b"GET / HTTP/1.1\r\nContent-Length: -1",
        b"GET / HTTP/1.1\r\nContent-Length: +1",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nContent-Length: 2",
        b"GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked",
        b"GET / HTTP/1.1\r\nTransfer-Encoding: gzip, chunked",
    ],
)
def test_what_nobody_can_be_sure_of_is_refused(head):
    with pytest.raises(MalformedHead):
        request_head(head)


@pytest.mark.parametrize(
    ("lines", "method", "framing", "closes"),
    [
        (b"200 OK\r\nContent-Length: 5", "GET", BodyLength(length=5), False),
        (b"200 OK\r\nTransfer-Encoding: chunked", "GET", BodyLength(chunked=True), False),
        (b"200 OK", "GET", BodyLength(to_the_end=True), True),
        (b"200 OK\r\nContent-Length: 5", "HEAD", BodyLength(), False),
        (b"204 No Content", "DELETE", BodyLength(), False),
        (b"304 Not Modified\r\nContent-Length: 5", "GET", BodyLength(), False),
        (b"101 Switching Protocols\r\nUpgrade: SPDY/3.1", "POST", BodyLength(), False),
        (b"200 OK\r\nContent-Length: 5\r\nConnection: close", "GET", BodyLength(length=5), True),
    ],
)
def test_an_answer_says_how_long_it_is(lines, method, framing, closes):
    head = response_head(b"HTTP/1.1 " + lines, of=method)
    assert (head.framing, head.closes) == (framing, closes)


@given(st.binary(max_size=80))
def test_any_bytes_are_a_head_or_refused(data):
    for read in (request_head, lambda head: response_head(head, of="GET")):
        for start in (b"", b"GET / HTTP/1.1\r\n", b"HTTP/1.1 200 OK\r\n"):
            with contextlib.suppress(MalformedHead):
                read(start + data)
