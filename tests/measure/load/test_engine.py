"""What becomes of requests whose connection misbehaves, step by step and without a network."""

from __future__ import annotations

import time
from collections import deque
from typing import Any

import pytest

from loadstone.measure.load.connection import Connection
from loadstone.measure.load.engine import Engine
from loadstone.measure.load.generator import Target
from loadstone.measure.load.load_request import LoadRequest, PreparedTarget
from tests.measure.load.scripted import answer
from tests.measure.load.test_generators import plan

ASK = PreparedTarget(Target(host="a.example", path="/", headers={"x-upstream": "s0"}))
RIGHT = answer(x_upstream="s0")
WRONG = answer(x_upstream="s1")


class Wire:
    """The transport of a connection: what was written, and whether it was closed."""

    def __init__(self) -> None:
        self.written: list[bytes] = []
        self.aborted = False

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def abort(self) -> None:
        self.aborted = True


class HandPool:
    """A pool whose connections are made by the test, when it likes."""

    def __init__(self, *, owner: Any, refused: Any, ready: Any, **_: Any) -> None:
        self.owner, self.refused, self.ready = owner, refused, ready
        self.open: set[Connection] = set()
        self.idle: deque[Connection] = deque()
        self.wanted = 0

    @property
    def empty(self) -> bool:
        return not self.open

    def want(self, count: int) -> None:
        self.wanted = count

    def free(self) -> Connection | None:
        return self.idle.popleft() if self.idle else None

    def opened(self) -> tuple[Connection, Wire]:
        connection, wire = Connection(self.owner), Wire()
        connection.connection_made(wire)  # type: ignore[arg-type]
        self.open.add(connection)
        self.ready(connection)
        return connection, wire


class World:
    """An engine in its window, with nothing due but what a test puts on a connection."""

    def __init__(self) -> None:
        self.engine = Engine(plan(1), HandPool)  # type: ignore[arg-type]
        (self.lane,) = self.engine._lanes
        self.pool: HandPool = self.lane.pool  # type: ignore[assignment]
        self.recorder = self.lane.recorder
        self.recorder.open(0.0)

    def asked(self) -> tuple[Connection, Wire, LoadRequest]:
        """A connection with a request under way."""
        connection, wire = self.pool.opened()
        assert self.pool.idle.popleft() is connection
        request = LoadRequest(ASK, time.monotonic())
        self.recorder.due(request.due)
        connection.send(request)
        return connection, wire, request

    def waiting(self) -> LoadRequest:
        """A request that found no connection free."""
        request = LoadRequest(ASK, time.monotonic())
        self.recorder.due(request.due)
        self.lane._waiting.append(request)
        return request


@pytest.fixture
def world() -> World:
    return World()


def test_a_request_whose_connection_closed_before_any_answer_is_sent_once_more(world):
    connection, _, _ = world.asked()
    connection.connection_lost(None)
    assert world.pool.wanted == 1
    assert not world.recorder.errors
    second, wire = world.pool.opened()
    assert wire.written == [ASK.message]
    second.data_received(RIGHT)
    assert (world.recorder.answers, world.recorder.reconnects) == (1, 1)
    assert world.recorder.settled


def test_a_request_is_sent_no_third_time(world):
    world.asked()[0].connection_lost(None)
    second, _ = world.pool.opened()
    second.connection_lost(ConnectionResetError())
    assert world.recorder.errors == {"reset": 1}
    assert world.pool.wanted == 0
    assert world.recorder.settled


def test_an_answer_that_broke_off_is_an_error_and_not_asked_for_again(world):
    connection, _, _ = world.asked()
    connection.data_received(RIGHT[:20])
    connection.connection_lost(None)
    assert world.recorder.errors == {"closed in mid-answer": 1}
    assert world.pool.wanted == 0


def test_a_second_attempt_does_not_take_an_idle_connection(world):
    _, idle = world.pool.opened()
    connection, _ = world.pool.opened()
    connection.send(LoadRequest(ASK, time.monotonic()))
    connection.connection_lost(None)
    assert idle.written == []
    assert world.pool.wanted == 1


def test_a_second_attempt_takes_a_connection_that_has_just_answered(world):
    alive, wire, _ = world.asked()
    world.asked()[0].connection_lost(None)
    alive.data_received(RIGHT)
    assert wire.written == [ASK.message] * 2


def test_a_request_that_comes_due_does_not_wait_behind_a_second_attempt(world):
    cut_off, _, _ = world.asked()
    _, idle = world.pool.opened()
    cut_off.connection_lost(None)
    world.engine._due(0, time.monotonic())
    assert idle.written == [ASK.message]
    assert world.pool.wanted == 1


def test_an_idle_connection_that_closes_is_counted_and_not_opened_again(world):
    connection, _ = world.pool.opened()
    connection.connection_lost(None)
    assert world.recorder.reconnects == 1
    assert world.pool.wanted == 0


def test_with_no_connection_to_be_had_what_waits_is_an_error_at_once(world):
    world.asked()[0].connection_lost(None)
    world.waiting()
    world.pool.refused()
    assert world.recorder.errors == {"no connection": 2}
    assert world.recorder.settled


def test_a_refused_connection_costs_nothing_while_others_are_open(world):
    world.asked()
    waiting = world.waiting()
    world.pool.refused()
    assert not world.recorder.errors
    assert list(world.lane._waiting) == [waiting]


@pytest.mark.parametrize("more", [WRONG, b"HTTP/1.1 200 OK\r\n", b"x", b"\0" * 600])
def test_what_comes_with_an_answer_is_not_given_to_the_next_request(world, more):
    connection, wire, _ = world.asked()
    world.waiting()
    connection.data_received(RIGHT + more)
    assert (world.recorder.answers, world.recorder.wrong) == (1, 0)
    assert world.recorder.unasked == 1
    assert wire.written == [ASK.message]
    assert wire.aborted
    assert world.pool.wanted == 1  # for the one that waits


def test_the_first_of_two_answers_is_judged_by_its_own_headers(world):
    connection, _, _ = world.asked()
    connection.data_received(WRONG + RIGHT)
    assert (world.recorder.answers, world.recorder.wrong) == (0, 1)


def test_what_comes_while_nothing_was_asked_costs_the_connection(world):
    connection, wire = world.pool.opened()
    connection.data_received(RIGHT)
    assert wire.aborted
    assert (world.recorder.unasked, world.recorder.reconnects) == (1, 1)
    assert world.recorder.answers == 0


def test_an_answer_in_pieces_is_one_answer(world):
    connection, wire, _ = world.asked()
    for byte in RIGHT:
        connection.data_received(bytes([byte]))
    assert (world.recorder.answers, world.recorder.unasked) == (1, 0)
    assert not wire.aborted


def test_a_connection_that_says_it_closes_carries_no_other_request(world):
    connection, wire, _ = world.asked()
    world.waiting()
    connection.data_received(answer(x_upstream="s0", Connection="close"))
    assert wire.written == [ASK.message]
    assert world.pool.wanted == 1
    assert (world.recorder.answers, world.recorder.unasked) == (1, 0)


@pytest.mark.parametrize(
    "data",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nx-upstream: s0\r\n\r\nok",
        b"HTTP/1.1 200 OK\r\nx-upstream: s0\r\n\r\nok",
        b"HTTP/1.0 200 OK\r\nX-Upstream:s0\r\n\r\nok",
        b"HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.0 200 OK\r\nx-upstream: s0\r\n\r\n",
    ],
)
def test_an_answer_that_ends_with_its_connection_is_right_once_it_has_ended(world, data):
    connection, wire, request = world.asked()
    world.waiting()
    connection.data_received(data)
    assert (world.recorder.answers, wire.aborted) == (0, False)
    before = time.monotonic()
    connection.connection_lost(None)
    assert (world.recorder.answers, world.recorder.wrong, world.recorder.errors) == (1, 0, {})
    assert connection.answered >= before >= request.sent
    assert world.pool.wanted == 1  # for the one that waits
    assert world.recorder.reconnects == 1


@pytest.mark.parametrize(
    ("data", "exc", "error"),
    [
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nok", ConnectionResetError(), "reset"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nok", None, "closed"),
        (b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 3\r\n\r\nok", None, "closed"),
        (b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n", None, "closed"),
        (b"HTTP/1.1 200 OK\r\nConnection: clo", None, "closed"),
        (b"HTTP/1.1 103 Early Hints\r\n\r\n", None, "closed"),
    ],
)
def test_an_answer_that_did_not_come_to_its_end_is_an_error(world, data, exc, error):
    connection, _, _ = world.asked()
    connection.data_received(data)
    connection.connection_lost(exc)
    assert world.recorder.errors == {f"{error} in mid-answer": 1}
    assert world.recorder.answers == 0


def test_an_answer_that_ends_with_its_connection_is_judged_like_any_other(world):
    connection, _, _ = world.asked()
    connection.data_received(b"HTTP/1.0 404 Not Found\r\n\r\nok")
    connection.connection_lost(None)
    assert (world.recorder.answers, world.recorder.wrong) == (0, 1)


def test_a_trailer_is_no_header(world):
    connection, _, _ = world.asked()
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    connection.data_received(head + b"0\r\nx-upstream: s0\r\n\r\n")
    assert (world.recorder.answers, world.recorder.wrong) == (0, 1)


def test_another_protocol_that_nobody_asked_for_is_a_wrong_answer(world):
    connection, wire, _ = world.asked()
    connection.data_received(b"HTTP/1.1 101 -\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\nPRI *")
    assert (world.recorder.wrong, wire.aborted) == (1, True)


def test_an_answer_that_repeats_an_earlier_ones_head_is_judged_as_it_would_be_alone():
    """What a head says is remembered, and is never taken for what another one says."""
    bare = answer()
    longer, failed = answer(body=b"longer", x_upstream="s0"), answer(status="503 Sorry")
    answers = [RIGHT, RIGHT, bare, RIGHT, WRONG, WRONG, bare, bare, longer, RIGHT, failed, RIGHT]

    def judged(world: World, data: bytes, pieces: int) -> tuple[int, int]:
        world.pool.idle.clear()
        connection, _, _ = world.asked()
        before = world.recorder.answers, world.recorder.wrong
        step = -(-len(data) // pieces)
        for at in range(0, len(data), step):
            connection.data_received(data[at : at + step])
        return world.recorder.answers - before[0], world.recorder.wrong - before[1]

    together = World()
    for data in answers * 2:
        alone = judged(World(), data, pieces=3)
        assert judged(together, data, pieces=1) == alone, data


def test_a_piece_of_an_answer_is_not_remembered_as_a_whole_one():
    """Of chunks, the first may be as long as its own head and all bodies are together."""
    head = b"HTTP/1.1 200 OK\r\nx-upstream: s0\r\nTransfer-Encoding: chunked\r\n\r\n"
    first, rest = head + b"3\r\nabc\r\n", b"5\r\ndefgh\r\n0\r\n\r\n"
    assert len(first) - len(head) == len(b"abcdefgh")
    world = World()
    for number in (1, 2):
        connection, wire, _ = world.asked()
        connection.data_received(first)
        assert world.recorder.answers == number - 1
        connection.data_received(rest)
        assert (world.recorder.answers, world.recorder.unasked) == (number, 0)
        assert not wire.aborted
        world.pool.idle.clear()


def test_what_follows_an_answer_that_is_known_is_still_nobodys():
    world = World()
    for _ in range(2):
        connection, _, _ = world.asked()
        connection.data_received(RIGHT)
        world.pool.idle.clear()
    connection, wire, _ = world.asked()
    connection.data_received(RIGHT + b"HTTP/1.1 200 OK\r\n")
    assert world.recorder.unasked == 1
    assert wire.aborted
