"""Pods that send load: ready and reached, told apart, and gone afterwards, whatever happens."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from loadstone.component.in_pods.load_job import load_job
from loadstone.component.in_pods.load_pods import LoadPods
from loadstone.component.in_pods.place import PodPlace
from loadstone.errors import ComponentFailed, MeasurementFailed
from loadstone.flows.load_from_pods import generator_in_pods
from loadstone.formats.configuration import LoadSettings
from loadstone.measure.load.generator import LoadPlan, Target
from tests.component.in_pods.described import PlayedCluster, described, played_cluster, revision

SETTINGS = LoadSettings(pods=2, image="loadstone:1")


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[PlayedCluster]:
    with played_cluster(tmp_path) as found:
        yield found


def load_pods(cluster: PlayedCluster, kept: Path | None = None, patience: float = 20.0) -> LoadPods:
    return LoadPods(
        cluster=cluster.sides[0], kept=kept, forward=cluster.node.forward, patience=patience
    )


def left(cluster: PlayedCluster) -> list[str]:
    side = cluster.sides[0]
    paths = (
        f"/apis/batch/v1/namespaces/{side.namespace}/jobs",
        f"/api/v1/namespaces/{side.namespace}/pods",
    )
    return [
        item["metadata"]["name"]
        for path in paths
        for item in side.client.ask("GET", path).body["items"]
    ]


def test_they_are_ready_in_their_order_and_gone_afterwards(cluster, tmp_path):
    with load_pods(cluster).started(load_job(SETTINGS, count=2), tmp_path) as pods:
        assert [pod.index for pod in pods] == [0, 1]
        assert [pod.name for pod in pods] == ["loadstone-load-0", "loadstone-load-1"]
        assert {pod.node for pod in pods} == {"played"}
        assert len({pod.address for pod in pods}) == 2
        assert len(left(cluster)) == 3
    assert left(cluster) == []


def test_an_image_that_nobody_has_fails_at_once_and_leaves_nothing(cluster, tmp_path):
    cluster.node.pulls = False
    pods = load_pods(cluster, kept=tmp_path / "kept")
    with (
        pytest.raises(ComponentFailed, match="ImagePullBackOff: no loadstone:1 here"),
        pods.started(load_job(SETTINGS, count=2), tmp_path),
    ):
        pass
    assert left(cluster) == []
    assert (tmp_path / "kept" / "load" / "pod-failure-1.txt").exists()


def test_pods_that_are_never_ready_are_counted(cluster, tmp_path):
    cluster.node.stop()
    pods = load_pods(cluster, patience=0.3)
    with (
        pytest.raises(ComponentFailed, match="0 of 2 load pods were ready"),
        pods.started(load_job(SETTINGS, count=2), tmp_path),
    ):
        pass


def test_load_from_pods_reaches_a_deployed_component(cluster, tmp_path):
    """The whole way: a Job of two pods, led by forwards, asks a component that is deployed."""
    place = PodPlace(component=described(), forward=cluster.node.forward)
    generator = generator_in_pods(
        SETTINGS,
        load_pods(cluster),
        None,
        inside=place.inside,
        measured=lambda: place.node,
    )
    with place.start(revision(), cluster.sides[0], workdir=tmp_path) as running:
        plan = LoadPlan(
            lanes=[running.fill("${http}")],
            targets=[Target(host="a", path="/", status=404)],  # of a proxy without routes
            rate=100.0,
            connections=4,
            warmup=0.1,
            window=0.5,
        )
        (result,) = generator.start(plan, tmp_path).finish()
        assert result.answers == result.requests == pytest.approx(50, abs=1)
        assert [part.sender.pod for part in result.parts if part.sender] == [
            "loadstone-load-0",
            "loadstone-load-1",
        ]
        assert not [name for name in left(cluster) if "load" in name]
    assert left(cluster) == []


def test_a_pod_that_ends_takes_the_load_with_it(cluster, tmp_path):
    generator = generator_in_pods(
        SETTINGS, load_pods(cluster), None, inside={}, measured=lambda: ""
    )
    plan = LoadPlan(
        lanes=["127.0.0.1:9"],
        targets=[Target(host="a", path="/")],
        rate=10.0,
        connections=2,
        warmup=0.0,
        window=30.0,
    )
    running = generator.start(plan, tmp_path)
    running.open_window()
    key = next(key for key in cluster.node.pods if key[1].startswith("loadstone-load-1"))
    cluster.node.pods[key].process.kill()
    with pytest.raises(MeasurementFailed, match="the load pod loadstone-load-1 on played"):
        running.finish()
    running.stop()
    assert left(cluster) == []
