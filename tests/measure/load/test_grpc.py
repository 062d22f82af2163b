"""Calls of gRPC as the load makes them: frame by frame, and against a real web server."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from loadstone.errors import UsageError
from loadstone.measure.load import http2_frames as h2
from loadstone.measure.load.dialling import prepared
from loadstone.measure.load.generator import LoadPlan, Target
from loadstone.measure.load.grpc_call import CODES, named
from loadstone.measure.load.grpc_connection import GrpcConnection
from loadstone.measure.load.headroom import headroom
from loadstone.measure.load.http2_frames import FrameReader, frame
from loadstone.measure.load.http2_headers import AnswerHeads
from loadstone.measure.load.table import generator
from loadstone.measure.upstream import RunningUpstream, upstream
from tests.measure.load.test_generators import adds_up, latencies, plan
from tests.measure.load.test_http2 import block, body, head, spoken

SAID = b"\x0a\x03abc"  # a message with one field
GRPC: Any = {"protocol": "grpc", "message": SAID}
METHOD = Target(host="a.example", path="/a.Service/body/2")
CALL = prepared(replace(plan(1), **GRPC), METHOD)
OK = block((":status", "200"), ("content-type", "application/grpc"))
ANSWER = b"\0\0\0\0\x02ok"


def trailers(*fields: tuple[str, str]) -> bytes:
    return head(flags=h2.END_HEADERS | h2.END_STREAM, data=block(*fields))


DONE = trailers(("grpc-status", "0"))


def called(*received: bytes, **how: Any):
    make = partial(GrpcConnection, body=len(CALL.body))
    return spoken(*received, ask=CALL, make=make, **how)


def answered(*received: bytes) -> str | None:
    """What is wrong with the one answer that these frames are."""
    owner, _, _ = called(*received)
    assert [each[0] for each in owner.told] == ["answered"]
    fault: str | None = owner.faults[0]
    return fault


def test_a_call_is_a_post_that_wants_trailers_with_a_message_and_its_length():
    _, wire, _ = called()
    sent = list(FrameReader().feed(wire.written.removeprefix(h2.PREFACE)))
    headers, message = (each for each in sent if each.kind in (h2.HEADERS, h2.DATA))
    assert dict(AnswerHeads().trailers(headers.payload)) == {
        b":method": b"POST",
        b":scheme": b"http",
        b":authority": b"a.example",
        b":path": b"/a.Service/body/2",
        b"user-agent": b"loadstone",
        b"te": b"trailers",
        b"content-type": b"application/grpc",
    }
    assert (headers.flags, headers.stream) == (h2.END_HEADERS, message.stream)
    assert (message.flags, message.payload) == (h2.END_STREAM, b"\0\0\0\0\x05" + SAID)


def test_an_answer_is_right_with_one_message_and_the_status_0():
    first, rest = ANSWER[:3], ANSWER[3:]
    assert answered(head(data=OK), body(data=ANSWER, flags=0), DONE) is None
    assert (
        answered(head(data=OK), body(data=first, flags=0), body(data=rest, flags=0), DONE) is None
    )


@pytest.mark.parametrize(
    ("received", "fault"),
    [
        ([trailers((":status", "200"), ("grpc-status", "14"))], "grpc-status 14 UNAVAILABLE"),
        (
            [head(data=OK), trailers(("grpc-status", "5"), ("grpc-message", "no%20such"))],
            "grpc-status 5 NOT_FOUND (no such)",
        ),
        (
            [head(data=OK), body(data=ANSWER, flags=0), trailers(("grpc-status", "13"))],
            "grpc-status 13 INTERNAL",
        ),
        ([trailers((":status", "503"), ("grpc-status", "99"))], "grpc-status 99"),
        ([trailers((":status", "503"))], "status 503, expected 200"),
        ([head(data=OK), body(data=ANSWER)], "an answer without a grpc-status"),
        (
            [head(data=OK), body(data=b"\0\0\0\0\x01x", flags=0), DONE],
            "a body of 6 bytes, expected 7",
        ),
    ],
)
def test_a_call_that_failed_is_called_by_its_status(received, fault):
    assert answered(*received) == f"a.example/a.Service/body/2: {fault}"


@pytest.mark.parametrize("data", [b"", ANSWER[:4], ANSWER + ANSWER, ANSWER[:-1]])
def test_a_call_is_not_done_with_less_or_more_than_one_message(data):
    owner, _, _ = called(head(data=OK), body(data=data, flags=0), DONE)
    assert owner.kinds == [("broken", "not one message", True)]


def test_every_status_has_the_name_that_gRPC_gives_it():  # noqa: N802
    assert [named(str(number).encode()) for number in (0, 4, 8, 16)] == [
        "0 OK", "4 DEADLINE_EXCEEDED", "8 RESOURCE_EXHAUSTED", "16 UNAUTHENTICATED"
    ]  # fmt: skip
    assert len(CODES) == 17
    assert named(b"17") == "17"
    assert named(b"x") == "x"


def test_messages_wait_for_the_room_that_the_other_side_gives_to_all_of_them():
    large = prepared(replace(plan(1), protocol="grpc", message=bytes(16_000)), METHOD)
    make = partial(GrpcConnection, body=len(large.body))
    enough = (14_600).to_bytes(4, "big")
    for received, spare in (
        (b"", False),
        (frame(h2.WINDOW_UPDATE, 0, 1, enough), False),  # of one request, which was sent
        (frame(h2.WINDOW_UPDATE, 0, 0, (14_000).to_bytes(4, "big")), False),
        (frame(h2.WINDOW_UPDATE, 0, 0, enough), True),
    ):
        owner, _, connection = spoken(received, requests=4, ask=large, make=make)
        assert connection.spare == spare
        assert owner.freed_times == int(spare)


def test_a_server_that_gives_a_request_less_room_than_a_message_is_refused():
    small = h2.INITIAL_WINDOW_SIZE.to_bytes(2, "big") + (9).to_bytes(4, "big")
    owner, _, _ = called(frame(h2.SETTINGS, 0, 0, small))
    assert [each[0] for each in owner.told] == ["broken", "lost"]
    assert "less room in a request than its body needs" in owner.told[0][1]


def test_a_message_is_not_longer_than_a_frame():
    assert replace(plan(1), protocol="grpc", message=bytes(16_379))
    with pytest.raises(UsageError, match="a message of 16380 bytes"):
        replace(plan(1), protocol="grpc", message=bytes(16_380))
    with pytest.raises(UsageError, match="keep-alive off"):
        replace(plan(1), protocol="grpc", keepalive=False)


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningUpstream]:
    place = tmp_path_factory.mktemp("nginx")
    with upstream(servers=1, bodies=[0, 600, 22_000], workdir=place, grpc=True) as running:
        yield running


def calls(server: RunningUpstream, *paths: str, **changes: Any) -> LoadPlan:
    headers = {"x-upstream": "s0"}
    targets = [Target(host="a.example", path=path, headers=headers) for path in paths]
    return replace(plan(server.ports[0], targets), **{**GRPC, **changes})


def test_the_web_server_behind_a_gateway_answers_calls_with_a_message_of_n_bytes(server, tmp_path):
    paths = ["/a.Service/body/0", "/body/600", "/v1/body/22000"]
    result = generator("openloop").start(calls(server, *paths), tmp_path).finish()[0]
    assert (result.wrong, result.errors) == (0, {}), result.examples
    assert result.answers == result.requests == len(latencies(result.latency)) > 0


def test_more_messages_than_the_window_of_a_connection_holds_are_sent(server, tmp_path):
    long = calls(server, "/body/600", message=bytes(16_000), connections=1, rate=300.0)
    result = generator("openloop").start(replace(long, window=1.0), tmp_path).finish()[0]
    assert (result.wrong, result.errors) == (0, {}), result.examples
    assert result.answers == result.requests > 250


def test_calls_of_what_is_not_there_are_wrong_by_their_status(server, tmp_path):
    result = generator("openloop").start(calls(server, "/body/601"), tmp_path).finish()[0]
    assert adds_up(result)
    assert result.wrong == result.requests > 0
    assert all("status 404, expected 200" in each for each in result.examples)


def test_headroom_of_calls_is_tried_with_calls(server, tmp_path):
    found = headroom(
        generator("openloop"), server, rate=50, connections=4, body=600, workdir=tmp_path,
        seconds=0.3, protocol="grpc",
    )  # fmt: skip
    assert found.share > 1


def test_k6_makes_no_calls_and_says_so(server, tmp_path):
    with pytest.raises(UsageError, match="calls of gRPC"):
        generator("k6").start(calls(server, "/body/600"), tmp_path)
