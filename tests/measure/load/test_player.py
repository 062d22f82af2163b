"""The player: requests to an API server, counted by the server itself."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loadstone.cluster.memory import MemoryCluster, MemoryProvider
from loadstone.errors import MeasurementFailed
from loadstone.formats import Arrivals, Dial
from loadstone.measure.api_client import HttpApiClient
from loadstone.measure.load.api_request import following
from loadstone.measure.load.generator import LoadResult
from loadstone.measure.load.play import AGENT, PlayPlan, start_player
from loadstone.measure.object_client import ObjectClient

MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[MemoryCluster]:
    with MemoryProvider().provision(workdir=tmp_path / "cluster") as made:
        client = ObjectClient(HttpApiClient(made.access))
        client.create([config_map(i) for i in range(10)])
        yield made
        client.close()


def config_map(i: int) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {"name": f"m{i}", "namespace": "default"},
    }


def plan(cluster: MemoryCluster, **more: Any) -> PlayPlan:
    given: dict[str, Any] = {
        "lanes": [cluster.access],
        "paths": [MAPS],
        "warmup": 0.0,
        "window": 0.5,
        "rate": 100.0,
        "connections": 4,
    }
    return PlayPlan(**(given | more))


def play(asked: PlayPlan, tmp_path: Path) -> LoadResult:
    running = start_player(asked, tmp_path)
    try:
        running.open_window()
        (result,) = running.finish()
    finally:
        running.stop()
    return result


def counted(cluster: MemoryCluster, verb: str) -> int:
    return cluster.accounting().requests.get(f"{verb} configmaps {AGENT}", 0)


def test_the_server_counts_as_many_requests_as_we_do(cluster, tmp_path):
    paths = [f"{MAPS}/m{i}" for i in range(10)]
    running = start_player(plan(cluster, paths=paths), tmp_path)
    running.open_window()
    (result,) = running.finish()
    before = counted(cluster, "get") - result.requests  # due before the window opened
    assert result.answers == result.requests == pytest.approx(50, abs=5)
    assert 0 <= before <= 20
    assert result.latency


def test_each_page_of_a_list_is_a_request(cluster, tmp_path):
    asked = plan(cluster, paths=[f"{MAPS}?limit=3"], paged=True, rate=10.0, window=1.0)
    result = play(asked, tmp_path)
    assert result.wrong == 0, result.examples
    assert result.requests == pytest.approx(40, abs=8)  # ten objects are four pages
    assert counted(cluster, "list") >= result.requests


def test_a_closed_loop_keeps_so_many_clients_busy(cluster, tmp_path):
    cluster.dial([Dial(verb="list", latency=0.05)])
    result = play(plan(cluster, rate=0.0, concurrency=4, window=1.0), tmp_path)
    assert 4 < result.requests <= 4 * (1.0 / 0.05) + 4
    assert result.answers == result.requests
    assert result.dropped == 0


def test_a_closed_loop_outlives_errors(cluster, tmp_path):
    cluster.dial([Dial(verb="list", error_rate=0.5)])
    result = play(plan(cluster, rate=0.0, concurrency=2, window=0.5), tmp_path)
    assert result.wrong > 0
    assert result.answers > 0
    assert "status 500" in result.examples[0]


def test_a_patch_is_filled_in_anew_for_each_request(cluster, tmp_path):
    patch = {"data": {"n": "no. ${i}", "text": "write ${i} at ${now}"}}
    asked = plan(cluster, paths=[f"{MAPS}/m0"], patch=patch)
    result = play(asked, tmp_path)
    assert result.wrong == 0, result.examples
    client = ObjectClient(HttpApiClient(cluster.access))
    data = client.get(f"{MAPS}/m0")["data"]
    client.close()
    assert int(data["n"].removeprefix("no. ")) >= result.requests - 1
    assert data["text"].startswith(f"write {data['n'].removeprefix('no. ')} at 2")


def test_two_servers_are_asked_the_same_at_half_the_rate_each(cluster, tmp_path):
    with MemoryProvider().provision(workdir=tmp_path / "other") as other:
        lanes = [cluster.access, other.access]
        running = start_player(plan(cluster, lanes=lanes, rate=50.0), tmp_path)
        running.open_window()
        first, second = running.finish()
    assert abs(first.requests - second.requests) <= 2  # the window may part a pair at each end
    assert first.requests == pytest.approx(25, abs=3)


def test_what_was_due_of_another_law_is_what_was_asked_for(cluster, tmp_path):
    asked = plan(cluster, arrivals=Arrivals(law="poisson"), seed=5)
    result = play(asked, tmp_path)
    assert result.asked_rate == pytest.approx(result.requests / result.seconds)
    assert result.answers == result.requests


def test_it_ends_at_once_when_it_is_stopped(cluster, tmp_path):
    running = start_player(plan(cluster, window=60.0), tmp_path)
    begun = time.monotonic()
    running.stop()
    assert time.monotonic() - begun < 30
    with pytest.raises(MeasurementFailed):
        running.finish()


@pytest.mark.parametrize(
    ("page", "path"),
    [
        (b'{"metadata": {"continue": "a b=="}, "items": []}', "/x?limit=3&continue=a%20b%3D%3D"),
        (b'{"metadata": {"resourceVersion": "7"}, "items": []}', ""),
        (b'{"items": []}', ""),
        (b"<html>", ""),
    ],
)
def test_the_page_after_one_is_what_that_one_says(page, path):
    assert following("/x?limit=3", page) == path
    assert following("/x?limit=3&continue=before", page) == path
