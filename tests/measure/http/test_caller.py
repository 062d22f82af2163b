"""Asking routes one at a time over a connection that is kept, closed, or cut."""

from __future__ import annotations

import time
from contextlib import closing

import pytest

from loadstone.measure.http import caller as calling
from loadstone.measure.http.caller import Caller
from loadstone.measure.http.route import Route
from loadstone.measure.steps.routes import wrong
from tests.measure.fakes.bytes import CLOSE, answering
from tests.measure.fakes.website import website
from tests.measure.http.test_answers import AT_THE_END, BROKEN_OFF, NOT_HTTP, OK, THREE, WHOLE

ROUTE = Route(host="a.test", path="/v1", headers={"X-Upstream": "s0"})
RIGHT = OK + b"x-upstream: s0 \r\n" + THREE + b"\r\nabc"


def ask(*answers, times=1, **how):
    """What `times` questions get of a server whose connections answer so."""
    with answering(answers, **how) as server, closing(Caller(server.address)) as caller:
        return [caller.ask(ROUTE) for _ in range(times)], server


def test_a_caller_sends_the_host_of_the_route_and_keeps_its_connection():
    seen = []

    def site(host, path):
        seen.append((host, path))
        return 200, {"X-Upstream": "s0"}, b"x" * 600

    with website(site) as address, closing(Caller(address)) as caller:
        assert wrong(ROUTE, caller.ask(ROUTE)) == ""
        first = caller._socket
        caller.ask(ROUTE)
        assert caller._socket is first
    assert seen == [("a.test", "/v1")] * 2


def test_nobody_listening_is_an_answer_and_no_exception():
    with closing(Caller("127.0.0.1:9")) as caller:
        assert caller.ask(ROUTE).error


@pytest.mark.parametrize("case", WHOLE)
def test_every_whole_answer_is_one(case):
    data, status, _, _ = WHOLE[case]
    (answer,), _ = ask([data], closes=False)
    assert (answer.status, answer.error) == (status, "")


@pytest.mark.parametrize("case", AT_THE_END)
def test_an_answer_that_ends_with_its_connection_is_one(case):
    data, status, _ = AT_THE_END[case]
    (answer,), _ = ask([data])
    assert (answer.status, answer.error) == (status, "")


@pytest.mark.parametrize("case", sorted(set(BROKEN_OFF) - {"before anything"}))
def test_an_answer_that_broke_off_is_none_and_not_asked_for_again(case):
    """Not on a kept connection either: a component that cuts answers short is seen to do so."""
    (good, bad), server = ask([RIGHT, BROKEN_OFF[case]], [RIGHT], times=2)
    assert wrong(ROUTE, good) == ""
    assert (bad.status, bad.error) == (0, "closed in mid-answer")
    assert server.connections == 1


@pytest.mark.parametrize("case", NOT_HTTP)
def test_what_is_not_http_is_no_answer(case):
    (answer,), _ = ask([NOT_HTTP[case]], closes=False)
    assert (answer.status, answer.error) == (0, "not HTTP")


def test_a_connection_that_was_closed_between_two_questions_is_opened_again():
    answers, server = ask([RIGHT], [RIGHT], [RIGHT], times=3)
    assert [wrong(ROUTE, answer) for answer in answers] == [""] * 3
    assert server.connections == 3


def test_a_connection_that_is_closed_as_we_ask_is_asked_again_once():
    answers, server = ask([RIGHT, CLOSE], [RIGHT], times=2)
    assert [wrong(ROUTE, answer) for answer in answers] == [""] * 2
    assert server.connections == 2
    (_, lost), _ = ask([RIGHT, CLOSE], [CLOSE], [RIGHT], times=2)
    assert lost.error == "closed"


def test_a_fresh_connection_that_is_closed_is_no_answer():
    (answer,), server = ask([CLOSE], [RIGHT])
    assert (answer.error, server.connections) == ("closed", 1)


def test_what_comes_after_an_answer_is_never_the_next_one():
    late = b"HTTP/1.1 500 -\r\nContent-Length: 0\r\n\r\n"
    answers, server = ask([RIGHT + late], [RIGHT], times=2)
    assert [wrong(ROUTE, answer) for answer in answers] == [""] * 2
    assert server.connections == 2


def test_a_route_that_stalls_or_drips_does_not_answer(monkeypatch):
    monkeypatch.setattr(calling, "WITHIN", 0.3)
    begun = time.monotonic()
    for data, pause in ((OK, 0.0), (OK + b"X: " + b"x" * 900, 0.01)):
        (answer,), _ = ask([data], pause=pause, closes=False)
        assert answer.error.startswith("none within")
    assert time.monotonic() - begun < 10


@pytest.mark.parametrize(
    ("host", "path"), [("a b", "/"), ("a", "/ HTTP/1.1\r\nX: y"), ("", "/"), ("a", "/ö")]
)
def test_what_cannot_be_asked_is_told(host, path):
    with closing(Caller("127.0.0.1:9")) as caller:
        assert "no asking" in caller.ask(Route(host=host, path=path)).error
