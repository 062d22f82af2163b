"""What the built-in generator promises beyond what every generator does."""

from __future__ import annotations

import subprocess
import sys
import time
from dataclasses import replace

import pytest

from loadstone.errors import MeasurementFailed, UsageError
from loadstone.measure.load.builtin_generator import OpenLoop
from loadstone.measure.load.generator import LoadPlan, LoadResult, Target
from loadstone.system.worker import Worker
from tests.measure.load.scripted import Scripted, answer, serve
from tests.measure.load.test_generators import RATE, STALL, adds_up, latencies, plan


def measured(asked: LoadPlan, tmp_path) -> LoadResult:
    return OpenLoop().start(asked, tmp_path).finish()[0]


def stalled(connections: int, scripted: Scripted, tmp_path) -> LoadResult:
    asked = plan(scripted.port, rate=RATE, connections=connections, window=1.5)
    load = OpenLoop().start(asked, tmp_path)
    load.open_window()
    time.sleep(0.5)
    scripted.stall(STALL)
    return load.finish()[0]


@pytest.mark.alone  # how long each request waited
def test_requests_that_find_no_free_connection_wait_and_count_from_when_they_were_due(tmp_path):
    """Two connections can have two requests under way; a hundred are due in the stall."""
    with serve(lambda _: answer()) as scripted:
        result = stalled(2, scripted, tmp_path)
    half = STALL / 2
    assert sum(value >= half for value in latencies(result.latency)) >= 0.85 * RATE * half
    # as a closed loop would have told it: two slow requests among hundreds
    slow = sum(value >= half for value in latencies(result.service))
    assert slow < 0.5 * RATE * half
    assert adds_up(result)


def test_what_no_longer_fits_into_the_queue_is_dropped_and_counted(tmp_path):
    with serve(lambda _: b"") as scripted:
        asked = replace(plan(scripted.port, rate=RATE, connections=1, timeout=1.0), queue=10)
        result = measured(asked, tmp_path)
    assert result.dropped >= result.requests - 11 - asked.connections > 0
    assert adds_up(result)


def test_connections_that_an_idle_target_closes_are_opened_again_without_an_error(tmp_path):
    with serve(lambda _: answer()) as scripted:
        load = OpenLoop().start(plan(scripted.port, window=0.0), tmp_path)
        load.open_window()
        scripted.wait_until(lambda: scripted.connected == 10 and scripted.seen > 50)
        scripted.close_connections()
        scripted.wait_until(lambda: scripted.connected > 10)
        result = load.finish()[0]
    assert result.answers == result.requests > 0, result.errors


def test_a_connection_that_is_closed_just_as_a_request_is_sent_costs_no_request(tmp_path):
    with serve(lambda _: None if scripted.seen == 60 else answer()) as scripted:
        result = measured(replace(plan(scripted.port), warmup=0.0, window=1.0), tmp_path)
    assert scripted.seen > 60
    assert scripted.connected == 11
    assert result.answers == result.requests > 0, result.errors


def test_what_is_not_http_is_an_error(tmp_path):
    with serve(lambda _: b"SSH-2.0-OpenSSH_9.2\r\n") as scripted:
        result = measured(plan(scripted.port), tmp_path)
    assert result.errors == {"not HTTP": result.requests}


def test_an_interim_answer_is_not_the_answer(tmp_path):
    interim = b"HTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
    with serve(lambda _: interim + answer(x_upstream="s0")) as scripted:
        targets = [Target(host="a.example", path="/", headers={"x-upstream": "s0"})]
        result = measured(plan(scripted.port, targets), tmp_path)
    assert result.answers == result.requests > 0, result.errors


def test_a_chunked_body_is_measured_by_its_content(tmp_path):
    chunked = (
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nload\r\n5\r\nstone\r\n0\r\n\r\n"
    )
    with serve(lambda _: chunked) as scripted:
        targets = [Target(host="a.example", path="/", body=9)]
        result = measured(plan(scripted.port, targets), tmp_path)
    assert result.answers == result.requests > 0, result.errors


def test_connections_that_are_closed_come_back_only_as_requests_want_them(tmp_path):
    """To accept what nobody uses would be measured as the target's own work."""
    with serve(lambda _: answer()) as scripted:
        load = OpenLoop().start(plan(scripted.port, rate=10.0, connections=100), tmp_path)
        load.open_window()
        scripted.wait_until(lambda: scripted.connected == 100)
        scripted.close_connections()
        result = load.finish()[0]
    assert result.answers == result.requests > 0, result.errors
    assert scripted.connected - 100 <= 2 * scripted.seen < 100  # each may have been sent twice


def test_a_second_answer_costs_the_connection_and_is_nobodys(tmp_path):
    with serve(lambda path: answer(body=path.encode()) + answer(body=b"!")) as scripted:
        targets = [Target(host="a.example", path=f"/{'x' * n}", body=n + 1) for n in range(1, 9)]
        result = measured(plan(scripted.port, targets, connections=2), tmp_path)
    assert result.unasked > 0
    assert result.reconnects >= result.unasked
    assert result.wrong == 0, result.examples
    assert result.answers == result.requests


@pytest.mark.alone  # how late each request was
def test_sending_late_is_told_apart_from_answering_late(tmp_path):
    with serve(lambda _: answer()) as scripted:
        result = stalled(200, scripted, tmp_path)
    slow = sum(value >= STALL / 2 for value in latencies(result.latency))
    late = sum(value >= STALL / 2 for value in latencies(result.lateness))
    assert slow - late >= 0.25 * RATE * STALL  # a busy machine may add to both


def test_a_generator_that_dies_is_a_failed_measurement_with_what_it_said(tmp_path):
    worker = Worker("loadstone.measure.load.openloop", tmp_path / "log")
    worker.tell(b'{"rate": "fast"}')
    with pytest.raises(MeasurementFailed, match="ended early") as caught:
        worker.answer(30.0)
    assert "ValidationError" in str(caught.value)
    worker.stop()


def test_the_generator_ends_with_its_standard_input():
    plan_ = b'{"lanes":["127.0.0.1:1"],"targets":[{"host":"a","path":"/"}],"rate":10,'
    plan_ += b'"connections":1,"warmup":0,"window":0}\n'
    done = subprocess.run(
        [sys.executable, "-m", "loadstone.measure.load.openloop"],
        input=plan_,
        capture_output=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0
    assert done.stdout == b"ready\n"


@pytest.mark.parametrize(
    "target",
    [
        {"host": "", "path": "/"},
        {"host": "a.example\r\nx-evil: 1", "path": "/"},
        {"host": "a.example", "path": "no-slash"},
        {"host": "a.example", "path": "/two words"},
        {"host": "a.example", "path": "/\u00fc"},
    ],
)
def test_a_target_that_is_no_request_is_refused(target):
    with pytest.raises(UsageError, match="there is no asking"):
        Target(**target)


def test_all_that_makes_a_plan_impossible_is_told_at_once():
    with pytest.raises(UsageError) as caught:
        plan(80, [], rate=0.0, connections=0, window=-1.0, timeout=0.0)
    for word in ("no targets", "a rate of 0", "0 connections", "a timeout of 0", "a window of -1"):
        assert word in caught.value.message
