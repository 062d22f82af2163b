"""Dialled latency, jitter, errors, broken watches: of the in-memory server, and the proxy."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

import pytest
import urllib3

from loadstone.formats import Dial
from tests.contract.client import Api, Collection
from tests.contract.objects import config_map, ingress
from tests.contract.resources import CONFIG_MAPS, INGRESSES, SECRETS
from tests.contract.waiting import eventually

if TYPE_CHECKING:
    from loadstone.cluster.memory import MemoryCluster

pytestmark = pytest.mark.parametrize("cluster", ["memory", "proxied"], indirect=True)

Connect = Callable[..., Api]
WAIT = 0.3  # s; what is dialled, long beside what a request takes


def seconds(act: Callable[[], object]) -> float:
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


@pytest.fixture
def maps(connect: Connect) -> Collection:
    """The ConfigMaps of a cluster of the test's own, with one in it."""
    found = connect().of(CONFIG_MAPS, "default")
    found.create(config_map("a")).ok()
    return found


# --- delays ---------------------------------------------------------------------------------------


def test_latency_delays_what_matches_and_nothing_else(
    cluster: MemoryCluster, maps: Collection
) -> None:
    cluster.dial([Dial(verb="get", resource="configmaps", latency=WAIT)])
    assert seconds(lambda: maps.read("a").ok()) >= WAIT
    assert min(seconds(lambda: maps.list().ok()) for _ in range(5)) < WAIT
    secrets = maps.api.of(SECRETS, "default")
    assert min(seconds(lambda: secrets.read("nobody")) for _ in range(5)) < WAIT


def test_a_delayed_request_does_not_hold_up_others(
    cluster: MemoryCluster, maps: Collection
) -> None:
    cluster.dial([Dial(verb="create", latency=WAIT)])
    order: list[str] = []

    def create() -> None:
        maps.create(config_map("b")).ok()
        order.append("create")

    slow = threading.Thread(target=create)
    slow.start()
    maps.read("a").ok()
    order.append("get")
    slow.join()
    assert order == ["get", "create"]


def test_jitter_adds_a_different_delay_each_time(cluster: MemoryCluster, maps: Collection) -> None:
    cluster.dial([Dial(verb="get", latency=0.02, jitter=0.2)])
    taken = [seconds(lambda: maps.read("a").ok()) for _ in range(8)]
    assert min(taken) >= 0.02
    assert max(taken) - min(taken) > 0.01  # eight draws of 0…0.2 s lie closer once in 10⁸ times


def test_a_delayed_watch_delivers_late_and_in_order(
    cluster: MemoryCluster, maps: Collection
) -> None:
    cluster.dial([Dial(verb="watch", latency=WAIT)])
    with maps.watch(resourceVersion=maps.list().ok()["metadata"]["resourceVersion"]) as watch:
        start = time.perf_counter()
        for name in ("b", "c"):
            maps.create(config_map(name)).ok()
        assert watch.take(2) == [("ADDED", "b"), ("ADDED", "c")]
        assert time.perf_counter() - start >= WAIT


# --- errors ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("status", "reason"),
    [(429, "TooManyRequests"), (500, "InternalError"), (503, "ServiceUnavailable")],
)
def test_an_error_is_a_status_and_nothing_was_done(
    cluster: MemoryCluster, maps: Collection, status: Literal[429, 500, 503], reason: str
) -> None:
    cluster.dial([Dial(verb="create", error_rate=1.0, error_status=status)])
    answer = maps.create(config_map("b"))
    answer.failed(status, reason)
    if status == 429:
        assert int(answer.headers["Retry-After"]) >= 1
    assert not maps.exists("b")


def test_a_rate_of_errors_is_kept(cluster: MemoryCluster, maps: Collection) -> None:
    cluster.dial([Dial(verb="get", error_rate=0.5, error_status=500)])
    failed = sum(maps.read("a").status == 500 for _ in range(200))
    assert 50 < failed < 150  # seven standard deviations of a fair coin


def test_a_user_agent_is_matched_by_its_beginning(
    cluster: MemoryCluster, connect: Connect, maps: Collection
) -> None:
    cluster.dial([Dial(agent="victim/", error_rate=1.0, error_status=500)])
    maps.read("a").ok()
    victim = connect(agent="victim/1.2 (linux/amd64)").of(CONFIG_MAPS, "default")
    victim.read("a").failed(500, "InternalError")


def test_a_subresource_is_matched_by_its_name(cluster: MemoryCluster, maps: Collection) -> None:
    ingresses = maps.api.of(INGRESSES, "default")
    ingresses.create(ingress("a")).ok()
    cluster.dial([Dial(resource="ingresses/status", error_rate=1.0, error_status=503)])
    ingresses.patch("a", {"metadata": {"labels": {"l": "v"}}}).ok()
    ingresses.patch("a", {"status": {}}, subresource="status").failed(503, "ServiceUnavailable")


# --- watches --------------------------------------------------------------------------------------


def test_a_watch_can_be_dropped_again_and_again(cluster: MemoryCluster, maps: Collection) -> None:
    cluster.dial([Dial(verb="watch", drop_watch_after=WAIT)])
    for _ in range(2):
        start = time.perf_counter()
        with maps.watch() as watch, pytest.raises(urllib3.exceptions.ProtocolError):
            list(watch)
        assert time.perf_counter() - start >= WAIT


def test_a_watch_can_be_told_that_its_version_is_gone(
    cluster: MemoryCluster, maps: Collection
) -> None:
    cluster.dial([Dial(verb="watch", error_rate=1.0, error_status=410)])
    maps.list(watch="true", resourceVersion="1").failed(410, "Expired")


def test_a_client_that_starts_again_misses_nothing(
    cluster: MemoryCluster, maps: Collection
) -> None:
    cluster.dial([Dial(verb="watch", drop_watch_after=0.05)])
    version = maps.list().ok()["metadata"]["resourceVersion"]
    seen: list[str] = []
    wanted = [f"b{number}" for number in range(20)]

    def follow() -> bool:
        nonlocal version
        try:
            with maps.watch(resourceVersion=version) as watch:
                for event in watch:
                    seen.append(event["object"]["metadata"]["name"])
                    version = event["object"]["metadata"]["resourceVersion"]
        except urllib3.exceptions.ProtocolError:
            pass
        return len(seen) >= len(wanted)

    for name in wanted[:10]:
        maps.create(config_map(name)).ok()
    follow()
    for name in wanted[10:]:
        maps.create(config_map(name)).ok()
    eventually(follow)
    assert seen == wanted


# --- how they are set -----------------------------------------------------------------------------


def test_dials_turn_while_it_runs(cluster: MemoryCluster, maps: Collection) -> None:
    cluster.dial([Dial(verb="get", error_rate=1.0, error_status=503)])
    maps.read("a").failed(503, "ServiceUnavailable")
    cluster.dial([Dial(verb="list", error_rate=1.0, error_status=500)])
    maps.read("a").ok()
    maps.list().failed(500, "InternalError")
    cluster.dial([])
    maps.list().ok()


# --- watches that are open already ----------------------------------------------------------------


def test_a_delay_that_is_dialled_reaches_a_watch_that_is_open(
    cluster: MemoryCluster, maps: Collection
) -> None:
    with maps.watch(resourceVersion=maps.list().ok()["metadata"]["resourceVersion"]) as watch:
        maps.create(config_map("b")).ok()
        assert watch.take(1) == [("ADDED", "b")]
        cluster.dial([Dial(verb="watch", latency=WAIT)])
        start = time.perf_counter()
        maps.create(config_map("c")).ok()
        assert watch.take(1) == [("ADDED", "c")]
        assert time.perf_counter() - start >= WAIT


def test_a_delay_that_is_taken_back_lets_everything_through(
    cluster: MemoryCluster, maps: Collection
) -> None:
    with maps.watch(resourceVersion=maps.list().ok()["metadata"]["resourceVersion"]) as watch:
        cluster.dial([Dial(verb="watch", latency=60.0)])
        for name in ("b", "c"):
            maps.create(config_map(name)).ok()
        cluster.dial([])
        assert watch.take(2) == [("ADDED", "b"), ("ADDED", "c")]
        maps.create(config_map("d")).ok()
        assert watch.take(1) == [("ADDED", "d")]


def test_a_watch_that_is_open_is_broken_by_a_later_dial(
    cluster: MemoryCluster, maps: Collection
) -> None:
    with maps.watch() as watch:
        watch.take(1)
        before = cluster.accounting().injected
        cluster.dial([Dial(verb="watch", drop_watch_after=0.05)])
        eventually(lambda: cluster.accounting().injected == before + 1)


def test_a_watch_that_was_to_be_broken_lives_when_the_dial_goes(
    cluster: MemoryCluster, maps: Collection
) -> None:
    since = maps.list().ok()["metadata"]["resourceVersion"]
    cluster.dial([Dial(verb="watch", drop_watch_after=1.0)])
    with maps.watch(resourceVersion=since) as watch:
        maps.create(config_map("b")).ok()
        assert watch.take(1) == [("ADDED", "b")]
        cluster.dial([])
        time.sleep(1.2)
        maps.create(config_map("c")).ok()
        assert watch.take(1) == [("ADDED", "c")]
    assert cluster.accounting().injected == 0
