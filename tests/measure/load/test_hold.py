"""Idle connections: as many as asked for, kept, and counted honestly at the end."""

from __future__ import annotations

import resource
import time
from dataclasses import replace
from typing import Any

import psutil
import pytest

from loadstone.measure.load.hold import HoldPlan, hold, quantities, source_address
from loadstone.measure.upstream import free_ports, upstream
from tests.measure.load.scripted import answer, serve


def plan(port: int, connections: int = 200, **more: Any) -> HoldPlan:
    usual = HoldPlan(target=f"127.0.0.1:{port}", connections=connections, rate=2000.0)
    return replace(usual, **more)


def established(port: int) -> int:
    connections = psutil.net_connections("tcp4")
    return sum(
        each.status == psutil.CONN_ESTABLISHED and each.laddr[1:] == (port,) for each in connections
    )


def test_every_connection_is_open_when_the_start_returns_and_at_the_end(tmp_path):
    with upstream(servers=1, bodies=[], workdir=tmp_path) as server:
        held = hold(plan(server.ports[0]), tmp_path)
        assert established(server.ports[0]) == 200
        result = held.finish()
    assert (result.asked, result.open, result.lost, result.refused) == (200, 200, 0, 0)
    assert result.cpu > 0


def test_connections_that_the_target_closes_are_lost(tmp_path):
    with serve(lambda _: answer()) as scripted:
        held = hold(plan(scripted.port, 50), tmp_path)
        scripted.wait_until(lambda: scripted.connected == 50)
        scripted.close_connections()
        scripted.wait_until(lambda: established(scripted.port) == 0)
        result = held.finish()
    assert (result.asked, result.open, result.lost) == (50, 0, 50)


def test_a_target_that_refuses_is_counted_and_named(tmp_path):
    result = hold(plan(free_ports(1)[0], 20), tmp_path).finish()
    assert quantities(result) == {
        "hold.asked": 20,
        "hold.open": 0,
        "hold.lost": 0,
        "hold.refused": 20,
    }
    assert "refused" in result.example


def test_connections_are_opened_at_the_rate_that_was_asked_for(tmp_path):
    with serve(lambda _: answer()) as scripted:
        began = time.monotonic()
        hold(plan(scripted.port, 100, rate=200.0), tmp_path).finish()
    assert time.monotonic() - began >= 0.45


def test_each_connection_asks_once_and_again_before_it_idles_out(tmp_path):
    with serve(lambda _: answer()) as scripted:
        began = time.monotonic()
        held = hold(plan(scripted.port, 20, again=0.3, host="held.example"), tmp_path)
        scripted.wait_until(lambda: scripted.seen >= 40)
        result = held.finish()
        seconds = time.monotonic() - began
    assert result.open == 20
    assert scripted.hosts == {"held.example"}
    assert 40 <= scripted.seen <= 20 * (2 + 2 * seconds / 0.3)


def test_holding_that_is_stopped_ends_at_once(tmp_path):
    with serve(lambda _: answer()) as scripted:
        before = set(psutil.Process().children(recursive=True))
        held = hold(plan(scripted.port, 10), tmp_path)
        started = set(psutil.Process().children(recursive=True)) - before
        held.stop()
        held.stop()
    assert started
    assert not any(process.is_running() for process in started)


@pytest.mark.parametrize(
    ("number", "target", "source"),
    [
        (0, "127.0.0.1", None),
        (24_999, "127.0.0.1", None),
        (25_000, "127.0.0.1", "127.0.0.2"),
        (99_999, "127.0.0.1", "127.0.0.4"),
        (99_999, "10.0.0.1", None),
    ],
)
def test_more_connections_than_one_address_has_ports_come_from_the_next(number, target, source):
    assert source_address(number, target) == source


@pytest.mark.slow
@pytest.mark.alone  # twenty thousand sockets of the machine's
def test_ten_thousand_connections_are_held_where_the_machine_allows_it(tmp_path):
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    asked = min(10_000, hard - 500)
    with upstream(servers=1, bodies=[], workdir=tmp_path) as server:
        result = hold(plan(server.ports[0], asked, rate=5000.0), tmp_path).finish()
    assert result.open == asked
