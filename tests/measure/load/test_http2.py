"""HTTP/2 as the load speaks it, frame by frame and without a network."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from hpack import Encoder, NeverIndexedHeaderTuple

from loadstone.measure.load import http2_frames as h2
from loadstone.measure.load.dialling import prepared
from loadstone.measure.load.generator import Target
from loadstone.measure.load.http2_connection import Http2Connection
from loadstone.measure.load.http2_frames import FrameReader, NotHttp2, frame
from loadstone.measure.load.http2_headers import AnswerHeads, request_block
from loadstone.measure.load.load_request import LoadRequest, PreparedTarget
from tests.measure.load.test_generators import plan

X = Target(host="a.example", path="/x")
ASK = prepared(replace(plan(1), protocol="http2"), X)


def block(*fields: tuple[str, str]) -> bytes:
    return Encoder().encode([NeverIndexedHeaderTuple(*each) for each in fields])


OK = block((":status", "200"), ("content-length", "2"), ("x-upstream", "s0"))
READY = frame(h2.SETTINGS, 0, 0)


class Wire:
    """A transport: what was written, and whether it was closed."""

    def __init__(self) -> None:
        self.written = b""
        self.aborted = False

    def write(self, data: bytes) -> None:
        self.written += data

    def abort(self) -> None:
        self.aborted = True

    def get_extra_info(self, _name: str) -> None:
        return None


class Owner:
    """Whoever has connections, and writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[Any, ...]] = []
        self.faults: list[str | None] = []  # of the answers
        self.freed_times = 0

    def answered(self, connection, request, _now):
        self.told.append(("answered", connection.status, connection.length, request))
        answer = (connection.status, connection.headers, connection.length)
        self.faults.append(request.prepared.fault(*answer))

    def broken(self, request, kind, *, begun):
        self.told.append(("broken", kind, begun, request))

    def freed(self, _connection):
        self.freed_times += 1

    def lost(self, _connection, _request, kind):
        self.told.append(("lost", kind))

    def left(self, _connection):
        self.told.append(("left",))

    def unasked(self):
        self.told.append(("unasked",))

    @property
    def kinds(self):
        return [each[:3] if each[0] != "lost" else each for each in self.told]


def spoken(
    *received: bytes,
    requests: int = 1,
    act: Callable[[Any], None] = lambda _: None,
    ask: PreparedTarget = ASK,
    make: Callable[..., Http2Connection] = Http2Connection,
):
    """What becomes of requests on a connection that receives these frames after its settings."""

    async def talk():
        owner, wire = Owner(), Wire()
        connection = make(owner, AnswerHeads())
        connection.connection_made(wire)  # type: ignore[arg-type]
        connection.data_received(READY)
        for _ in range(requests):
            connection.send(LoadRequest(ask, time.monotonic()))
        act(connection)
        for data in received:
            connection.data_received(data)
        return owner, wire, connection

    return asyncio.run(talk())


def head(stream: int = 1, *, flags: int = h2.END_HEADERS, data: bytes = OK) -> bytes:
    return frame(h2.HEADERS, flags, stream, data)


def body(stream: int = 1, data: bytes = b"ok", flags: int = h2.END_STREAM) -> bytes:
    return frame(h2.DATA, flags, stream, data)


def test_frames_are_read_in_whatever_pieces_they_come():
    sent = head() + body() + frame(h2.PING, 0, 0, b"12345678")
    whole = list(FrameReader().feed(sent))
    reader = FrameReader()
    pieces = [each for byte in sent for each in reader.feed(bytes([byte]))]
    assert pieces == whole
    assert [each.kind for each in whole] == [h2.HEADERS, h2.DATA, h2.PING]


def test_a_client_says_that_it_keeps_no_table_and_wants_no_push():
    read = FrameReader().feed(h2.hello().removeprefix(h2.PREFACE))
    said = {each.kind: each.payload for each in read}
    assert h2.settings(said[h2.SETTINGS]) == {
        h2.HEADER_TABLE_SIZE: 0,
        h2.ENABLE_PUSH: 0,
        h2.INITIAL_WINDOW_SIZE: h2.WINDOW,
    }
    assert int.from_bytes(said[h2.WINDOW_UPDATE], "big") == h2.WINDOW - 65_535


def test_an_answer_is_whole_with_its_last_frame():
    owner, wire, _ = spoken(head(), body())
    assert owner.kinds == [("answered", 200, 2)]
    assert frame(h2.SETTINGS, h2.ACK, 0) in wire.written
    sent = wire.written.partition(request_block(ASK.target, scheme="http"))
    assert sent[1], "the request's headers, as they were made once"


def test_padding_and_priority_are_no_part_of_an_answer():
    padded = frame(h2.DATA, h2.END_STREAM | h2.PADDED, 1, b"\x03ok\0\0\0")
    first = frame(
        h2.HEADERS, h2.END_HEADERS | h2.PADDED | h2.PRIORITY, 1, b"\x01" + bytes(5) + OK + b"\0"
    )
    assert spoken(first, padded)[0].kinds == [("answered", 200, 2)]


def test_headers_may_go_on_in_further_frames():
    pieces = [
        head(flags=0, data=OK[:3]),
        frame(h2.CONTINUATION, 0, 1, OK[3:5]),
        frame(h2.CONTINUATION, h2.END_HEADERS, 1, OK[5:]),
        body(),
    ]
    assert spoken(*pieces)[0].kinds == [("answered", 200, 2)]
    last = [head(flags=h2.END_STREAM, data=block((":status", "204"))[:1])]
    last += [frame(h2.CONTINUATION, h2.END_HEADERS, 1, block((":status", "204"))[1:])]
    assert spoken(*last)[0].kinds == [("answered", 204, 0)]


def test_interim_answers_and_trailers_are_passed_over():
    interim = head(data=block((":status", "103"), ("link", "</a>")))
    trailers = head(flags=h2.END_HEADERS | h2.END_STREAM, data=block(("x-sum", "1")))
    owner, *_ = spoken(interim, head(), body(flags=0), trailers)
    assert owner.kinds == [("answered", 200, 2)]


def test_answers_come_in_any_order():
    owner, *_ = spoken(head(3), head(1), body(3), body(1), requests=2)
    assert [each[3].due for each in owner.told] == sorted(
        (each[3].due for each in owner.told), reverse=True
    )
    assert owner.kinds == [("answered", 200, 2)] * 2


def test_a_body_of_another_length_than_announced_is_cut_short():
    assert spoken(head(), body(data=b"okay"))[0].kinds == [("broken", "cut short", True)]
    end = head(flags=h2.END_HEADERS | h2.END_STREAM)
    assert spoken(end)[0].kinds == [("broken", "cut short", True)]


def test_a_stream_that_was_refused_was_not_begun_and_one_that_was_reset_may_have_been():
    refused = frame(h2.RST_STREAM, 0, 1, h2.REFUSED_STREAM.to_bytes(4, "big"))
    other = frame(h2.RST_STREAM, 0, 3, (2).to_bytes(4, "big"))
    owner, _, connection = spoken(refused, other, requests=2)
    assert owner.kinds == [("broken", "reset", False), ("broken", "reset", True)]
    assert connection.up


def test_what_a_server_that_goes_away_did_not_look_at_is_not_begun():
    going = frame(h2.GOAWAY, 0, 0, (1).to_bytes(4, "big") + bytes(4))
    owner, wire, connection = spoken(going, head(1), body(1), requests=2)
    assert owner.kinds == [
        ("broken", "closed", False),
        ("answered", 200, 2),
        ("lost", "closed"),
    ]
    assert not connection.up
    assert wire.aborted


def test_a_connection_that_is_retired_ends_when_its_requests_are_answered():
    owner, wire, _ = spoken(head(), body(), act=lambda connection: connection.retire())
    assert owner.kinds == [("answered", 200, 2), ("left",)]
    assert wire.aborted


def test_a_connection_that_is_retired_ends_when_its_requests_are_given_up():
    def act(connection):
        connection.retire()
        assert len(connection.overdue(time.monotonic() + 1)) == 1

    owner, wire, _ = spoken(act=act)
    assert owner.kinds == [("left",)]
    assert wire.aborted


def test_no_more_requests_are_under_way_than_the_server_allows():
    two = h2.MAX_CONCURRENT_STREAMS.to_bytes(2, "big") + (2).to_bytes(4, "big")
    limit = frame(h2.SETTINGS, 0, 0, two)
    spare: list[bool] = []

    async def talk():
        connection = Http2Connection(Owner(), AnswerHeads())
        connection.connection_made(Wire())  # type: ignore[arg-type]
        assert not connection.spare, "nothing is sent before its settings have come"
        connection.data_received(limit)
        for _ in range(2):
            spare.append(connection.spare)
            connection.send(LoadRequest(ASK, 0.0))
        spare.append(connection.spare)
        assert len(connection.overdue(1.0)) == 2
        spare.append(connection.spare)

    asyncio.run(talk())
    assert spare == [True, True, False, True]


def test_a_ping_is_answered():
    _, wire, _ = spoken(frame(h2.PING, 0, 0, b"12345678"))
    assert frame(h2.PING, h2.ACK, 0, b"12345678") in wire.written


@pytest.mark.parametrize(
    "sent",
    [
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
        frame(h2.DATA, 0, 1, bytes(h2.LARGEST + 1)),
        frame(h2.CONTINUATION, 0, 1, b"x"),
        head(flags=0) + body(),
        head(flags=0) + frame(h2.CONTINUATION, h2.END_HEADERS, 3, OK),
        head(flags=0) + frame(h2.CONTINUATION, 0, 1, bytes(h2.LARGEST)) * 65,
        head(data=b"\xff\xff\xff\xff\xff"),
        head(data=block(("x", "y"))),
        head(data=block((":status", "huge"))),
        frame(h2.DATA, h2.PADDED, 1, b"\x09x"),
        frame(h2.SETTINGS, 0, 0, b"x"),
        frame(h2.PUSH_PROMISE, 0, 1, b"x"),
        head(99),
    ],
)
def test_what_is_no_http2_ends_the_connection_and_is_told_once(sent):
    owner, wire, _ = spoken(sent)
    assert wire.aborted
    assert [each[0] for each in owner.told if each[0] != "unasked"] == ["broken", "lost"]


def test_a_server_that_uses_a_table_all_the_same_is_not_believed():
    with pytest.raises(NotHttp2):
        AnswerHeads().read(b"\xbe")  # the first entry of a table that has none


def test_heads_are_decoded_once_and_kept_apart():
    heads = AnswerHeads()
    first = heads.read(OK)
    assert heads.read(bytes(OK)) is first
    assert (first.status, first.length, first.headers[b"x-upstream"]) == (200, 2, b"s0")
    assert heads.read(block((":status", "404"))).status == 404
