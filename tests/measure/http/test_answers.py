"""Where an HTTP answer begins and ends, and what is in it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.measure.http.answers import Answers

OK = b"HTTP/1.1 200 OK\r\n"
THREE = b"Content-Length: 3\r\n"
CHUNKED = b"Transfer-Encoding: chunked\r\n\r\n"

# what came → status, length of the body, whether the connection lasts; whole as soon as it is read
WHOLE = {
    "a length": (OK + THREE + b"\r\nabc", 200, 3, True),
    "a length of nothing": (OK + b"Content-Length: 0\r\n\r\n", 200, 0, True),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200, 3, True),
    "chunks with extensions": (
        OK + b"transfer-encoding:  Chunked \r\n\r\n3;a=b\r\nabc\r\n0\r\n\r\n", 200, 3, True,
    ),
    "chunks with trailers": (
        OK + CHUNKED + b"3\r\nabc\r\n0\r\nX: no\r\nY: z\r\n\r\n", 200, 3, True,
    ),
    "chunks of something zipped": (
        OK + b"Transfer-Encoding: gzip, chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n", 200, 3, True,
    ),
    "chunks, then the end": (
        OK + b"Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 200, 0, False,
    ),
    "no content": (b"HTTP/1.1 204 No Content\r\n\r\n", 204, 0, True),
    "no content, then the end": (b"HTTP/1.1 204 -\r\nConnection: close\r\n\r\n", 204, 0, False),
    "not modified, with the length it would have": (
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 5\r\n\r\n", 304, 0, True,
    ),
    "100 before it": (b"HTTP/1.1 100 Continue\r\n\r\n" + OK + THREE + b"\r\nabc", 200, 3, True),
    "102 and 103 before it": (
        b"HTTP/1.1 102 -\r\n\r\nHTTP/1.1 103 -\r\nX: no\r\n\r\n" + OK + THREE + b"\r\nabc",
        200, 3, True,
    ),
    "a length, then the end": (OK + b"Connection: close\r\n" + THREE + b"\r\nabc", 200, 3, False),
    "the end in a list and in capitals": (
        OK + b"CONNECTION: Foo, CLOSE\r\n" + THREE + b"\r\nabc", 200, 3, False,
    ),
    "HTTP/1.0 with a length": (b"HTTP/1.0 200 OK\r\n" + THREE + b"\r\nabc", 200, 3, False),
    "HTTP/1.0 that is kept": (
        b"HTTP/1.0 200 OK\r\nConnection: Keep-Alive\r\n" + THREE + b"\r\nabc", 200, 3, True,
    ),
    "lines without CR": (b"HTTP/1.1 200 OK\nContent-Length: 3\n\nabc", 200, 3, True),
    "no reason": (b"HTTP/1.1 200\r\n" + THREE + b"\r\nabc", 200, 3, True),
    "an empty line before it": (b"\r\n" + OK + THREE + b"\r\nabc", 200, 3, True),
    "no blanks, and many": (OK + b"Content-Length:\t  3  \t\r\n\r\nabc", 200, 3, True),
    "an offer of another protocol": (
        OK + b"Connection: Upgrade\r\nUpgrade: h2c\r\n" + THREE + b"\r\nabc", 200, 3, True,
    ),
    "another protocol that nobody asked for": (
        b"HTTP/1.1 101 -\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n", 101, 0, False,
    ),
    "an error": (b"HTTP/1.1 503 -\r\nContent-Length: 3\r\n\r\nabc", 503, 3, True),
}  # fmt: skip

# what came, and then the connection was closed in good order → status and length
AT_THE_END = {
    "no length": (OK + b"\r\nabc", 200, 3),
    "Connection: close and no length": (OK + b"Connection: close\r\n\r\nabc", 200, 3),
    "and no body": (OK + b"Connection: close\r\n\r\n", 200, 0),
    "HTTP/1.0": (b"HTTP/1.0 200 OK\r\n\r\nabc", 200, 3),
    "HTTP/1.0 that claims to be kept": (
        b"HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\nabc", 200, 3,
    ),
    "a coding that is not chunked": (OK + b"Transfer-Encoding: gzip\r\n\r\nabc", 200, 3),
    "103 before it": (b"HTTP/1.1 103 E\r\n\r\n" + OK + b"\r\nabc", 200, 3),
    "an error": (b"HTTP/1.0 404 Not Found\r\n\r\nabc", 404, 3),
}  # fmt: skip

BROKEN_OFF = {
    "before a length": OK + b"Content-Length: 4\r\n\r\nabc",
    "before a length, as announced": OK + b"Connection: close\r\nContent-Length: 4\r\n\r\nabc",
    "in a chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n4\r\nabc",
    "between chunks": OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    "before the last line": OK + b"Transfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n",
    "in the headers": OK + b"X: a\r\nConn",
    "before the headers end": OK + b"X: a\r\n",
    "in the first line": b"HTTP/1.1 20",
    "after an interim answer": b"HTTP/1.1 103 Early\r\n\r\n",
    "in the headers after an interim answer": b"HTTP/1.1 103 E\r\n\r\n" + OK,
    "HTTP/1.0 before its length": b"HTTP/1.0 200 OK\r\nContent-Length: 4\r\n\r\nabc",
    "before anything": b"",
}

NOT_HTTP = {
    "another protocol": b"SSH-2.0-OpenSSH\r\n",
    "an alert of TLS": b"\x15\x03\x01\x00\x02\x02\x46",
    "HTTP/2": b"\x00\x00\x12\x04\x00\x00\x00\x00\x00",
    "two lengths": OK + b"Content-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
    "a length that is none": OK + b"Content-Length: -1\r\n\r\n",
    "a length beyond all bounds": OK + b"Content-Length: 99999999999999999999999\r\n\r\n",
    "a length and chunks": OK
    + b"Transfer-Encoding: chunked\r\n"
    + THREE
    + b"\r\n3\r\nabc\r\n0\r\n\r\n",
    "a chunk without a size": OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n",
    "a blank before the colon": OK + b"X : a\r\n" + THREE + b"\r\nabc",
}


def read(data: bytes, pieces: int = 0) -> tuple[Answers, bool]:
    """What was read, in pieces of so many bytes (0: all at once), and whether it was HTTP."""
    answers = Answers()
    answers.expect()
    step = pieces or max(len(data), 1)
    return answers, all(answers.feed(data[at : at + step]) for at in range(0, len(data), step))


@pytest.mark.parametrize("pieces", [0, 1, 7])
@pytest.mark.parametrize("case", WHOLE)
def test_an_answer_is_whole_when_all_of_it_is_there(case, pieces):
    data, status, length, lasts = WHOLE[case]
    answers, http = read(data, pieces)
    assert http
    assert answers.answered
    assert (answers.status, answers.length, answers.lasts) == (status, length, lasts)
    assert not answers.surplus
    assert b"no" not in answers.headers.values()  # of interim answers and trailers
    assert not answers.end()


@pytest.mark.parametrize("pieces", [0, 1])
@pytest.mark.parametrize("case", AT_THE_END)
def test_an_answer_may_end_with_its_connection(case, pieces):
    data, status, length = AT_THE_END[case]
    answers, http = read(data, pieces)
    assert http
    assert not answers.answered
    assert answers.end()
    assert answers.answered
    assert (answers.status, answers.length, answers.lasts) == (status, length, False)
    assert not answers.end()  # and only once


@pytest.mark.parametrize("pieces", [0, 1])
@pytest.mark.parametrize("case", BROKEN_OFF)
def test_an_answer_that_broke_off_is_none(case, pieces):
    answers, _ = read(BROKEN_OFF[case], pieces)
    assert not answers.answered
    assert not answers.end()


@pytest.mark.parametrize("pieces", [0, 1])
@pytest.mark.parametrize("case", NOT_HTTP)
def test_what_is_not_http_is_told(case, pieces):
    answers, http = read(NOT_HTTP[case], pieces)
    assert not http
    assert not answers.answered


@pytest.mark.parametrize(
    ("lines", "value"),
    [
        (b"X-Upstream: s0\r\n", b"s0"),
        (b"x-upstream:s0\r\n", b"s0"),
        (b"X-UPSTREAM: \t s0 \t \r\n", b"s0"),
        (b"X-Upstream:\r\n", b""),
        (b"X-Upstream: a b\r\n", b"a b"),
        (b"X-Upstream: a\r\n b\r\n", b"a b"),
        (b"X-Upstream: a\r\nY: z\r\nx-upstream: b\r\n", b"a, b"),
        ("X-Upstream: größe\r\n".encode(), "größe".encode()),
    ],
)
def test_a_header_has_its_value_without_blanks_whatever_its_case(lines, value):
    answers, http = read(OK + lines + THREE + b"\r\nabc")
    assert http
    assert answers.headers[b"x-upstream"] == value


def test_only_wanted_headers_are_kept():
    answers = Answers()
    answers.expect({b"a"})
    answers.feed(OK + b"A: 1\r\nB: 2\r\n" + THREE + b"\r\nabc")
    assert answers.headers == {b"a": b"1"}


def test_what_comes_after_an_answer_is_surplus_and_changes_nothing_of_it():
    answers, http = read(
        WHOLE["a length"][0] + b"HTTP/1.1 500 -\r\nX: no\r\nContent-Length: 9\r\n\r\nz"
    )
    assert http
    assert answers.surplus
    assert (answers.status, answers.length, answers.lasts) == (200, 3, False)
    assert b"x" not in answers.headers


def test_another_protocol_that_begins_at_once_is_an_answer_too():
    answers, http = read(WHOLE["another protocol that nobody asked for"][0] + b"PRI * HTTP/2.0")
    assert http
    assert (answers.status, answers.lasts) == (101, False)


def test_answers_follow_one_another():
    answers = Answers()
    for data, status, length, lasts in WHOLE.values():
        if lasts:
            answers.expect()
            assert answers.feed(data)
            assert (answers.status, answers.length, answers.lasts) == (status, length, True)


@given(
    st.sampled_from(sorted({data for data, *_ in (*WHOLE.values(), *AT_THE_END.values())})),
    st.lists(st.tuples(st.integers(0, 200), st.integers(0, 255)), max_size=4),
    st.integers(1, 30),
)
def test_damage_is_never_worse_than_no_answer(data, edits, pieces):
    damaged = bytearray(data)
    for place, value in edits:
        damaged[place % len(damaged)] = value
    answers, _ = read(bytes(damaged), pieces)
    answers.end()
    assert answers.length <= len(data)
