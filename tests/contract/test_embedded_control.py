"""What the in-memory server alone tells and takes: its metrics page, and dials by its own path."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import pytest
from prometheus_client.parser import text_string_to_metric_families

from loadstone.formats import Dial
from tests.contract.client import Api, Collection
from tests.contract.objects import config_map
from tests.contract.resources import CONFIG_MAPS

if TYPE_CHECKING:
    from loadstone.cluster.memory import MemoryCluster

Connect = Callable[..., Api]
AGENT = "counted/1.0 (linux/amd64) kubernetes/abc"


@pytest.fixture
def maps(cluster: MemoryCluster, connect: Connect) -> Collection:
    """The ConfigMaps of a server that nobody, not even its provider, has asked anything yet."""
    cluster.reset()
    return connect(agent=AGENT).of(CONFIG_MAPS, "default")


# --- metrics --------------------------------------------------------------------------------------


def samples(api: Api) -> Iterator[tuple[str, dict[str, str], float]]:
    text = api.get("/metrics", accept="*/*").body.decode()
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            yield sample.name, dict(sample.labels), sample.value


def value(api: Api, name: str, **labels: str) -> float:
    wanted = labels.items()
    return sum(got for found, has, got in samples(api) if found == name and has.items() >= wanted)


def test_requests_are_metrics_by_the_names_of_the_real_server(maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    maps.read("a").ok()
    maps.read("nobody").failed(404, "NotFound")
    name, agent = "apiserver_request_total", {"user_agent": AGENT}
    assert value(maps.api, name, verb="POST", resource="configmaps", code="201", **agent) == 1
    assert value(maps.api, name, verb="GET", resource="configmaps", code="200", **agent) == 1
    assert value(maps.api, name, verb="GET", resource="configmaps", code="404", **agent) == 1
    name = "apiserver_request_duration_seconds_count"
    assert value(maps.api, name, verb="GET", resource="configmaps") == 2


def test_durations_hold_what_was_dialled(cluster: MemoryCluster, maps: Collection) -> None:
    cluster.dial([Dial(verb="list", latency=0.25)])
    maps.list().ok()
    name, labels = "apiserver_request_duration_seconds", {"verb": "LIST", "resource": "configmaps"}
    assert value(maps.api, f"{name}_sum", **labels) >= 0.25
    assert value(maps.api, f"{name}_bucket", le="0.2", **labels) == 0
    assert value(maps.api, f"{name}_bucket", le="+Inf", **labels) == 1


def test_events_and_open_watches_are_metrics(maps: Collection) -> None:
    with maps.watch() as watch:
        maps.create(config_map("a")).ok()
        watch.take(1)
        assert value(maps.api, "apiserver_watch_events_total", resource="configmaps") == 1
        assert value(maps.api, "apiserver_longrunning_requests") == 1


# --- dials ----------------------------------------------------------------------------------------


def test_dials_may_be_set_before_it_starts(tmp_path: Path, connect: Connect) -> None:
    from loadstone.cluster.memory import MemoryProvider

    file = tmp_path / "dials.json"
    dials = [Dial(verb="list", error_rate=1.0, error_status=429)]
    file.write_bytes(msgspec.json.encode(dials))
    started = MemoryProvider(arguments=["--dials", str(file)])
    with started.provision(workdir=tmp_path / "dialled") as own:
        client = Api(own.kubeconfig)
        client.of(CONFIG_MAPS, "default").list().failed(429, "TooManyRequests")
        client.close()


def test_a_dial_that_cannot_be_is_refused_with_its_field(maps: Collection) -> None:
    dial = {"verb": "get", "error_rate": 1.0, "error_status": 418}
    found = maps.api.request("PUT", "/loadstone/dials", [dial]).failed(400, "BadRequest")
    assert "error_status" in found["message"]
    maps.list().ok()
