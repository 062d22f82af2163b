"""Checking routes: what is right, and when every one of them is."""

import time
from collections import Counter

import pytest

from loadstone.measure.http.caller import Answer
from loadstone.measure.http.route import Route
from loadstone.measure.steps.routes import PendingRoute, RoutePoller, not_gone, wrong
from tests.measure.fakes.website import website

ROUTE = Route(host="a.test", path="/v1", headers={"X-Upstream": "s0"})
RIGHT = Answer(status=200, headers={"x-upstream": "s0"})


@pytest.mark.parametrize(
    ("answer", "why"),
    [
        (RIGHT, ""),
        (Answer(status=404), "404 instead of 200"),
        (Answer(status=200), "X-Upstream is None instead of 's0'"),
        (Answer(status=200, headers={"x-upstream": "s1"}), "X-Upstream is 's1' instead of 's0'"),
        (Answer(status=0, error="refused"), "no answer: refused"),
    ],
)
def test_an_answer_is_right_by_status_and_headers(answer, why):
    assert wrong(ROUTE, answer) == why


def test_a_route_is_gone_when_it_answers_404_and_nothing_else():
    assert not_gone(ROUTE, Answer(status=404)) == ""
    assert "200" in not_gone(ROUTE, RIGHT)
    assert "503" in not_gone(ROUTE, Answer(status=503))
    assert "no answer" in not_gone(ROUTE, Answer(status=0, error="refused"))


def pursue(address, hosts, *, seconds, poll=0.005):
    """Pursue routes, each for so many seconds."""
    now = time.monotonic()
    each_for = zip(hosts, seconds, strict=True)
    wanted = [
        PendingRoute(route=Route(host=host, path="/"), deadline=now + its) for host, its in each_for
    ]
    with RoutePoller(address, poll=poll) as poller:
        poller.add(wanted)
        poller.wait(lambda: None)
    return wanted


def test_every_route_is_pursued_until_it_answers_right():
    begun = time.monotonic()

    def one_by_one(host, _path):  # route k is ready after k * 20 ms
        ready = time.monotonic() - begun > int(host) * 0.02
        return (200 if ready else 404), {}, b""

    with website(one_by_one) as address:
        wanted = pursue(address, [str(k) for k in range(10)], seconds=[20] * 10)
    assert all(each.right_at is not None for each in wanted)
    assert all(each.right_at - begun > k * 0.02 for k, each in enumerate(wanted))


def test_a_route_that_stays_wrong_is_given_up_at_its_deadline_with_what_it_answered():
    with website(lambda host, _: (200 if host == "good" else 503, {}, b"")) as address:
        good, bad = pursue(address, ["good", "bad"], seconds=[20, 0.3])
    assert good.right_at is not None
    assert (bad.right_at, bad.why) == (None, "503 instead of 200")


def test_wrong_routes_are_asked_in_turn_and_not_in_a_storm():
    asked: Counter[str] = Counter()

    def never(host, _path):
        asked[host] += 1
        return 404, {}, b""

    with website(never) as address:
        pursue(address, ["a", "b"], seconds=[0.5] * 2, poll=0.02)
    assert sum(asked.values()) <= 2 * (0.5 / 0.02 + 2)  # each at most every 20 ms
    assert abs(asked["a"] - asked["b"]) <= 3


def test_what_ends_the_run_ends_the_waiting():
    class Gone(Exception): ...

    def check():
        raise Gone

    never = PendingRoute(route=ROUTE, deadline=time.monotonic() + 60)
    with (
        website(lambda *_: (404, {}, b"")) as address,
        RoutePoller(address, poll=0.01) as poller,
    ):
        poller.add([never])
        with pytest.raises(Gone):
            poller.wait(check)
    assert never.right_at is None
