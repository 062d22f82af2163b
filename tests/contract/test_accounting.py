"""What was asked, by whom, is counted exactly: by the in-memory server, and by the proxy of any."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from loadstone.formats import Dial
from loadstone.protocols import Resettable
from tests.contract.client import Api, Collection
from tests.contract.objects import config_map, ingress
from tests.contract.resources import CONFIG_MAPS, INGRESSES, NAMESPACES

if TYPE_CHECKING:
    from loadstone.cluster.memory import MemoryCluster

pytestmark = pytest.mark.parametrize("cluster", ["memory", "proxied"], indirect=True)

Connect = Callable[..., Api]
AGENT = "counted/1.0 (linux/amd64) kubernetes/abc"


@pytest.fixture
def maps(cluster: MemoryCluster, connect: Connect) -> Collection:
    """The ConfigMaps of a server that nobody, not even its provider, has asked anything yet."""
    if isinstance(cluster, Resettable):
        cluster.reset()
    return connect(agent=AGENT).of(CONFIG_MAPS, "default")


def test_requests_are_counted_by_verb_resource_and_user_agent(
    cluster: MemoryCluster, connect: Connect, maps: Collection
) -> None:
    maps.create(config_map("a")).ok()
    for _ in range(3):
        maps.read("a").ok()
    maps.list().ok()
    item = maps.read("a").ok()
    maps.replace(item).ok()
    maps.patch("a", {"data": {"x": "1"}}).ok()
    maps.apply(config_map("b"), "me").ok()
    maps.delete("a").ok()
    maps.delete_all().ok()
    connect(agent="other").of(CONFIG_MAPS, "default").list().ok()
    assert dict(cluster.accounting().requests) == {
        f"create configmaps {AGENT}": 1,
        f"get configmaps {AGENT}": 4,
        f"list configmaps {AGENT}": 1,
        f"update configmaps {AGENT}": 1,
        f"patch configmaps {AGENT}": 2,
        f"delete configmaps {AGENT}": 1,
        f"deletecollection configmaps {AGENT}": 1,
        "list configmaps other": 1,
    }


def test_subresources_and_paths_have_their_own_lines(
    cluster: MemoryCluster, maps: Collection
) -> None:
    ingresses = maps.api.of(INGRESSES, "default")
    ingresses.create(ingress("a")).ok()
    ingresses.patch("a", {"status": {}}, subresource="status").ok()
    maps.api.get("/version").ok()
    requests = cluster.accounting().requests
    assert requests[f"patch ingresses/status {AGENT}"] == 1
    assert requests[f"get /version {AGENT}"] == 1


def test_failures_are_requests_too(cluster: MemoryCluster, maps: Collection) -> None:
    maps.read("nobody").failed(404, "NotFound")
    cluster.dial([Dial(verb="list", error_rate=1.0, error_status=500)])
    maps.list().failed(500, "InternalError")
    found = cluster.accounting()
    assert found.requests[f"get configmaps {AGENT}"] == 1
    assert found.requests[f"list configmaps {AGENT}"] == 1
    assert found.injected == 1


def test_bytes_are_counted_as_they_are_on_the_wire(
    cluster: MemoryCluster, maps: Collection
) -> None:
    body = b'{"metadata":{"name":"a"},"data":{"x":"1"}}'
    answer = maps.create(body)
    answer.ok()
    found = cluster.accounting()
    assert found.received == {f"create configmaps {AGENT}": len(body)}
    assert found.sent == {f"create configmaps {AGENT}": len(answer.body)}
    assert (found.bytes_in, found.bytes_out) == (len(body), len(answer.body))


def test_every_event_to_every_watcher_is_counted(cluster: MemoryCluster, maps: Collection) -> None:
    now = maps.list().ok()["metadata"]["resourceVersion"]  # of what other clusters have there
    with maps.watch(resourceVersion=now) as one, maps.watch(resourceVersion=now) as other:
        for number in range(5):
            maps.create(config_map(f"m{number}")).ok()
        one.take(5)
        other.take(5)
        found = cluster.accounting()
    assert found.requests[f"watch configmaps {AGENT}"] == 2
    assert found.events == {f"watch configmaps {AGENT}": 10}
    assert found.watch_events == 10


def test_asking_for_the_accounts_is_not_in_them(cluster: MemoryCluster, maps: Collection) -> None:
    maps.list().ok()
    for _ in range(3):
        cluster.accounting()
    assert sum(cluster.accounting().requests.values()) == 1


# --- starting afresh ------------------------------------------------------------------------------


def _resettable(cluster: MemoryCluster) -> None:
    if not isinstance(cluster, Resettable):
        pytest.skip("nobody empties this cluster at once")


def test_a_reset_leaves_a_new_server(cluster: MemoryCluster, maps: Collection) -> None:
    _resettable(cluster)
    maps.create(config_map("a")).ok()
    before = int(maps.list().ok()["metadata"]["resourceVersion"])
    cluster.dial([Dial(verb="get", error_rate=1.0, error_status=500)])
    cluster.reset()
    found = cluster.accounting()
    assert (dict(found.requests), found.bytes_in, found.injected) == ({}, 0, 0)
    maps.read("a").failed(404, "NotFound")
    assert "default" in maps.api.of(NAMESPACES).names()
    assert int(maps.list().ok()["metadata"]["resourceVersion"]) > before


def test_a_reset_ends_the_watches(cluster: MemoryCluster, maps: Collection) -> None:
    _resettable(cluster)
    with maps.watch() as watch:
        maps.create(config_map("a")).ok()
        watch.take(1)
        cluster.reset()
        assert {event["type"] for event in watch} <= {"ERROR"}


def test_a_cluster_knows_whether_it_lives(cluster: MemoryCluster) -> None:
    assert cluster.alive()
    assert cluster.version
    assert cluster.provider in ("memory", "given")
