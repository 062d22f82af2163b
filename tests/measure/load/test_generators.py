"""What every load generator promises, held against real servers."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import psutil
import pytest
from hdrh.histogram import HdrHistogram

from loadstone.errors import UsageError
from loadstone.formats import Arrivals
from loadstone.measure.load.generator import Generator, LoadPlan, LoadResult, Target
from loadstone.measure.load.quantities import quantities
from loadstone.measure.load.table import GENERATORS, generator
from loadstone.measure.process_clocks import own_cpu
from loadstone.measure.upstream import RunningUpstream, free_ports, upstream
from tests.measure.load.scripted import answer, serve

STALL = 0.2  # s
RATE = 500.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningUpstream]:
    with upstream(servers=2, bodies=[600], workdir=tmp_path_factory.mktemp("nginx")) as running:
        yield running


@pytest.fixture(
    params=[
        name if name == "openloop" else pytest.param(name, marks=pytest.mark.slow)
        for name in GENERATORS
    ]
)
def sender(request: pytest.FixtureRequest) -> Generator:
    return generator(request.param)


def plan(
    port: int,
    targets: Sequence[Target] = (Target(host="a.example", path="/"),),
    *,
    rate: float = 200.0,
    connections: int = 10,
    window: float = 0.3,
    timeout: float = 2.0,
) -> LoadPlan:
    return LoadPlan(
        lanes=[f"127.0.0.1:{port}"],
        targets=targets,
        rate=rate,
        connections=connections,
        warmup=0.1,
        window=window,
        timeout=timeout,
    )


def latencies(encoded: str) -> list[float]:
    """Every value of a histogram, in seconds."""
    histogram = HdrHistogram.decode(encoded)
    return [
        item.value_iterated_to / 1e6
        for item in histogram.get_recorded_iterator()
        for _ in range(item.count_at_value_iterated_to)
    ]


def adds_up(result: LoadResult) -> bool:
    ended = result.answers + result.wrong + sum(result.errors.values()) + result.dropped
    return ended == result.requests


def sent(result: LoadResult) -> int:
    """On a machine that stalls, k6 may not have had a virtual user for each request."""
    return result.requests - result.dropped


def test_every_request_that_was_due_in_the_window_is_accounted_for(sender, server, tmp_path):
    targets = [
        Target(host="a.example", path="/v1/body/600", headers={"x-upstream": "s0"}),
        Target(host="b.example", path="/", headers={"X-Upstream": "s0"}),
        Target(host="c.example", path="/body/601", status=404),
    ]
    result = sender.start(plan(server.ports[0], targets), tmp_path).finish()[0]
    assert result.wrong == 0, result.examples
    assert result.errors == {}
    assert adds_up(result)
    assert len(latencies(result.latency)) == len(latencies(result.service)) == result.answers
    assert result.requests == sum(count for _, count in result.series["load.requests"])


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1 200 OK\r\nConnection: close\r\n",
        "HTTP/1.0 200 OK\r\n",
        "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\nConnection: close\r\n",
    ],
)
def test_an_answer_that_ends_with_its_connection_is_right(sender, tmp_path, head):
    target = Target(host="a.example", path="/", headers={"x-upstream": "s0"}, body=2)
    data = f"{head}X-Upstream:s0\r\n\r\nok".encode()
    with serve(lambda _: data, closes=True) as scripted:
        result = sender.start(plan(scripted.port, [target], connections=50), tmp_path).finish()[0]
    assert result.wrong == 0, result.examples
    assert result.errors == {}
    assert result.answers == sent(result) > 0


@pytest.mark.parametrize(
    "head",
    [
        "HTTP/1.1 200 OK\r\nContent-Length: 3\r\nConnection: close\r\n",
        "HTTP/1.0 200 OK\r\nContent-Length: 3\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n",
    ],
)
def test_an_answer_that_is_cut_short_is_not(sender, tmp_path, head):
    body = "2\r\nok\r\n" if "chunked" in head else "ok"
    data = f"{head}\r\n{body}".encode()
    with serve(lambda _: data, closes=True) as scripted:
        result = sender.start(plan(scripted.port, connections=50), tmp_path).finish()[0]
    assert result.answers == 0
    assert sum(result.errors.values()) + result.wrong == sent(result) > 0


@pytest.mark.alone  # a rate is a time
@pytest.mark.parametrize("law", ["poisson", "ramp", "burst"])
def test_another_law_of_arrival_is_kept_or_refused_by_its_name(sender, server, tmp_path, law):
    asked = replace(plan(server.ports[0], window=1.0), arrivals=Arrivals(law=law, start=50.0))
    if sender.name == "k6":
        with pytest.raises(UsageError, match=law):
            sender.start(asked, tmp_path)
        return
    result = sender.start(asked, tmp_path).finish()[0]
    assert result.errors == {}
    assert adds_up(result)
    assert result.asked_rate == pytest.approx(result.requests / result.seconds)
    assert 60 <= result.requests <= 320  # 125 to 200 are due on average


def test_the_rate_is_what_was_asked_for(sender, server, tmp_path):
    asked = plan(server.ports[0], rate=300.0, connections=50, window=2.0)
    result = sender.start(asked, tmp_path).finish()[0]
    assert result.asked_rate == 300.0
    assert result.requests == pytest.approx(600, abs=2)
    assert 100 < result.achieved_rate < 500  # less, or more, where the machine itself stalls
    assert result.answers == sent(result)
    assert result.seconds == pytest.approx(2.0, abs=0.01)


def test_each_target_is_asked_under_its_own_host(sender, tmp_path):
    targets = [Target(host=f"h{i}.example", path=f"/p{i}") for i in range(5)]
    with serve(lambda path: answer(body=path.encode())) as scripted:
        result = sender.start(plan(scripted.port, targets), tmp_path).finish()[0]
    assert scripted.hosts == {f"h{i}.example" for i in range(5)}
    assert result.wrong == 0


def test_what_happens_in_the_warm_up_is_thrown_away(sender, tmp_path):
    wrong_until_told = {"/": answer(status="503 Service Unavailable")}
    with serve(lambda path: wrong_until_told[path]) as scripted:
        load = sender.start(plan(scripted.port), tmp_path)
        time.sleep(0.3)
        wrong_until_told["/"] = answer()
        time.sleep(0.3)
        load.open_window()
        result = load.finish()[0]
    assert scripted.seen > result.requests
    assert result.wrong == 0
    assert result.answers == sent(result)


@pytest.mark.alone  # counted by the clock
def test_a_window_without_a_length_lasts_until_it_is_finished(sender, server, tmp_path):
    load = sender.start(plan(server.ports[0], window=0.0), tmp_path)
    opening = time.monotonic()
    load.open_window()
    time.sleep(0.5)
    result = load.finish()[0]
    assert 0 < result.seconds < time.monotonic() - opening
    assert result.requests == pytest.approx(200 * result.seconds, abs=5)


@pytest.mark.alone  # how long each request waited
def test_a_stall_is_seen_by_every_request_that_was_due_while_it_lasted(sender, tmp_path):
    """The test for coordinated omission: a closed loop would see one slow request a connection."""
    with serve(lambda _: answer()) as scripted:
        load = sender.start(plan(scripted.port, rate=RATE, connections=200, window=2.0), tmp_path)
        load.open_window()
        time.sleep(0.7)
        scripted.stall(STALL)
        result = load.finish()[0]
    seen = latencies(result.latency)
    assert max(seen) >= 0.95 * STALL
    # due evenly over the stall: half of those 100 wait for longer than half of it, and so on
    for share in (0.25, 0.5, 0.75):
        expected = RATE * STALL * (1 - share)
        waited = sum(value >= share * STALL for value in seen)
        assert waited + result.dropped >= 0.85 * expected
    assert quantities(result)["latency.p999"] >= 0.9 * STALL


def test_answers_of_the_wrong_status_are_counted(sender, server, tmp_path):
    targets = [Target(host="a.example", path="/body/7")]
    result = sender.start(plan(server.ports[0], targets), tmp_path).finish()[0]
    assert result.wrong == sent(result) > 0
    assert len(result.examples) == 10
    assert result.examples[0] == "a.example/body/7: status 404, expected 200"
    assert latencies(result.latency) == []
    assert sum(count for _, count in result.series["load.wrong"]) == result.wrong


def test_answers_of_the_wrong_server_are_counted(sender, server, tmp_path):
    targets = [Target(host="a.example", path="/", headers={"x-upstream": "s0"})]
    result = sender.start(plan(server.ports[1], targets), tmp_path).finish()[0]
    assert result.wrong == sent(result) > 0
    assert result.examples[0] == "a.example/: header x-upstream: s1, expected s0"


def test_a_missing_header_is_a_wrong_answer(sender, tmp_path):
    targets = [Target(host="a.example", path="/", headers={"x-version": "2"})]
    with serve(lambda _: answer()) as scripted:
        result = sender.start(plan(scripted.port, targets), tmp_path).finish()[0]
    assert result.wrong == sent(result) > 0
    assert result.examples[0] == "a.example/: header x-version: nothing, expected 2"


def test_a_body_of_the_wrong_length_is_a_wrong_answer(sender, tmp_path):
    targets = [Target(host="a.example", path="/body/600")]
    with serve(lambda _: answer(body=b"x" * 599)) as scripted:
        result = sender.start(plan(scripted.port, targets), tmp_path).finish()[0]
    assert result.wrong == sent(result) > 0
    assert result.examples[0] == "a.example/body/600: a body of 599 bytes, expected 600"


def test_a_body_that_ends_early_is_an_error(sender, tmp_path):
    with serve(lambda _: answer(body=b"x", length=100), closes=True) as scripted:
        result = sender.start(plan(scripted.port), tmp_path).finish()[0]
    assert sum(result.errors.values()) == sent(result) > 0
    assert adds_up(result)


def test_a_dead_target_is_errors_and_no_hang(sender, tmp_path):
    began = time.monotonic()
    result = sender.start(plan(free_ports(1)[0]), tmp_path).finish()[0]
    assert time.monotonic() - began < 30
    assert result.answers == 0
    assert sum(result.errors.values()) == sent(result) > 0
    assert result.connect_errors > 0
    assert result.achieved_rate == 0
    assert "latency.p99" not in quantities(result)


def test_a_target_that_never_answers_is_errors_and_no_hang(sender, tmp_path):
    began = time.monotonic()
    with serve(lambda _: b"") as scripted:
        asked = plan(scripted.port, rate=50.0, connections=50, timeout=0.5)
        result = sender.start(asked, tmp_path).finish()[0]
    assert time.monotonic() - began < 30
    assert result.answers == 0
    assert adds_up(result)
    assert result.requests > 0


def test_a_connection_that_is_closed_after_each_answer_is_opened_again(sender, tmp_path):
    with serve(lambda _: answer(Connection="close"), closes=True) as scripted:
        result = sender.start(plan(scripted.port, rate=100.0), tmp_path).finish()[0]
    assert result.answers == sent(result) > 0


def test_the_generator_says_what_it_cost(sender, server, tmp_path):
    result = sender.start(plan(server.ports[0], rate=RATE, connections=50), tmp_path).finish()[0]
    assert result.cpu > 0
    assert result.cores >= 1
    assert {"load.generator_cpu", "load.late_p99"} <= quantities(result).keys()


def test_the_process_that_sends_is_known(sender, server, tmp_path):
    load = sender.start(plan(server.ports[0]), tmp_path)
    load.open_window()
    before = sum(own_cpu(pid) for pid in load.pids)
    time.sleep(0.3)
    used = sum(own_cpu(pid) for pid in load.pids) - before
    load.stop()
    assert used > 0


def test_load_that_is_stopped_leaves_no_process(sender, server, tmp_path: Path):
    before = set(psutil.Process().children(recursive=True))
    load = sender.start(plan(server.ports[0]), tmp_path)
    started = set(psutil.Process().children(recursive=True)) - before
    load.stop()
    load.stop()
    assert started
    assert not any(process.is_running() for process in started)


def test_an_unknown_generator_is_answered_with_those_there_are():
    with pytest.raises(UsageError, match="no load generator `wrk9`") as caught:
        generator("wrk9")
    assert "openloop, k6" in caught.value.next_step


def test_each_lane_is_sent_every_request_at_half_of_the_whole_rate(sender, server, tmp_path):
    names = [Target(host="a.example", path="/", headers={"x-upstream": f"s{k}"}) for k in (0, 1)]
    asked = replace(
        plan(server.ports[0], names, rate=100.0, window=1.0),
        lanes=[f"127.0.0.1:{port}" for port in server.ports],
    )
    first, second = sender.start(asked, tmp_path).finish()
    for result in (first, second):
        assert result.asked_rate == 100.0
        assert abs(result.requests - 100) <= 2, "a lane has its own rate"
        assert adds_up(result)
        # both requests go to both lanes, and each upstream gives its own name alone
        assert abs(result.answers - result.wrong) <= 2 + result.dropped, result.examples


@pytest.mark.alone  # how long each request waited
def test_a_lane_that_stalls_leaves_the_other_alone(sender, server, tmp_path):
    with serve(lambda _: answer()) as scripted:
        asked = replace(
            plan(server.ports[0], rate=RATE / 2, window=0.0),
            lanes=[f"127.0.0.1:{server.ports[0]}", f"127.0.0.1:{scripted.port}"],
        )
        load = sender.start(asked, tmp_path)
        load.open_window()
        time.sleep(0.3)
        scripted.stall(STALL)
        time.sleep(0.3)
        healthy, stalled = load.finish()
    half = STALL / 2
    assert sum(value >= half for value in latencies(stalled.latency)) > 10
    assert sum(value >= half for value in latencies(healthy.latency)) <= 2
