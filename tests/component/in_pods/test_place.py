"""Components as pods: what is made, what is found out about it, and that all of it goes."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

import pytest

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.existing import ExistingProvider
from loadstone.cluster.own_objects import EXPIRES
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.component.in_pods.place import PodPlace
from loadstone.errors import ComponentFailed, UsageError
from loadstone.model import Side
from loadstone.protocols import Cluster
from tests.component.in_pods.described import described, played_cluster, revision
from tests.measure.fakes import world

ROLES = "/apis/rbac.authorization.k8s.io/v1/clusterroles"


def left(theirs: Cluster) -> list[str]:
    """The names of all that we have made and that is still there."""
    with closing(ClusterApi(theirs.access)) as api:
        paths = ("/api/v1/namespaces", ROLES, "/api/v1/pods", "/apis/apps/v1/deployments")
        found = [each["metadata"] for path in paths for each in api.get(path)["items"]]
        return [each["name"] for each in found if "loadstone" in str(each)]


def test_a_run_leaves_nothing_behind_and_says_what_ran(tmp_path: Path) -> None:
    with played_cluster(tmp_path) as cluster:
        place = PodPlace(component=described(), forward=cluster.node.forward)
        with place.start(revision(), cluster.sides[0], workdir=tmp_path) as running:
            (note,) = running.notes
            assert note.code == "image-ran"
            assert note.data["node"] == "played"
            assert str(note.data["digest"]).startswith("python:1@sha256:1")
            assert not running.fill("${http}").startswith("127.0.0.1:")  # a port of the node
            assert running.fill("${namespace}") == cluster.sides[0].namespace
        assert not cluster.node.pods
        cluster.sides[0].reset()
        assert left(cluster.theirs) == [cluster.sides[0].namespace]


def test_an_image_that_the_nodes_have_of_us_is_not_pulled_and_is_told_by_its_digest(
    tmp_path: Path,
) -> None:
    with played_cluster(tmp_path) as cluster:
        side = cluster.sides[0]
        place = PodPlace(
            component=described(), forward=cluster.node.forward, loaded={"python:1": "sha256:1"}
        )
        pods = f"/api/v1/namespaces/{side.namespace}/pods"
        for image, policy in (("python:1", "IfNotPresent"), ("python:latest", "Always")):
            with place.start(revision(image=image), side, workdir=tmp_path) as running:
                (pod,) = side.client.get(pods)["items"]
                assert pod["spec"]["containers"][0].get("imagePullPolicy", "Always") == policy
                loaded = [each for each in running.notes if each.code == "image-loaded"]
                assert bool(loaded) is (image == "python:1")


def test_both_sides_of_a_pair_are_up_on_one_node_at_once(tmp_path: Path) -> None:
    with played_cluster(tmp_path, count=2) as cluster:
        place = PodPlace(component=described(), forward=cluster.node.forward)
        (tmp_path / "a").mkdir()
        (tmp_path / "b").mkdir()
        one, other = cluster.sides
        with (
            place.start(revision(), one, workdir=tmp_path / "a") as base,
            place.start(revision(Side.HEAD), other, workdir=tmp_path / "b") as head,
        ):
            assert base.fill("${namespace} ${http}") != head.fill("${namespace} ${http}")
            assert base.notes[0].data["node"] == head.notes[0].data["node"]
            assert len(cluster.node.pods) == 2


def test_a_side_that_runs_another_image_than_before_does_not_count(tmp_path: Path) -> None:
    with played_cluster(tmp_path) as cluster:
        place = PodPlace(component=described(), forward=cluster.node.forward)
        with place.start(revision(), cluster.sides[0], workdir=tmp_path):
            pass
        cluster.node.images["python:1"] = f"python:1@sha256:{'2' * 64}"
        with place.start(revision(), cluster.sides[0], workdir=tmp_path) as running:
            assert [each.code for each in running.reasons()] == ["other-image"]
        with place.start(revision(Side.HEAD), cluster.sides[0], workdir=tmp_path) as running:
            assert list(running.reasons()) == []


def test_a_container_that_was_started_again_does_not_count(tmp_path: Path) -> None:
    with played_cluster(tmp_path) as cluster:
        place = PodPlace(component=described(), forward=cluster.node.forward)
        with place.start(revision(), cluster.sides[0], workdir=tmp_path) as running:
            (pod,) = cluster.node.pods.values()
            pod.restarts = 1
            deadline = time.monotonic() + 10
            while not running.reasons() and time.monotonic() < deadline:
                time.sleep(0.1)
            assert [each.code for each in running.reasons()] == ["restarted"]


@pytest.mark.parametrize(
    ("load_inside", "code"), [(False, "through-forward"), (True, "checks-through-forward")]
)
def test_where_no_port_of_the_node_answers_what_comes_from_here_goes_through_a_forward(
    tmp_path: Path, load_inside: bool, code: str
) -> None:
    with played_cluster(tmp_path) as cluster:
        cluster.node.closed = True
        place = PodPlace(
            component=described(),
            forward=cluster.node.forward,
            patience=0.2,
            load_inside=load_inside,
        )
        with place.start(revision(), cluster.sides[0], workdir=tmp_path) as running:
            assert [each.code for each in running.notes] == ["image-ran", code]


def test_an_image_that_cannot_be_pulled_fails_at_once_and_all_is_kept(tmp_path: Path) -> None:
    with played_cluster(tmp_path) as cluster:
        cluster.node.pulls = False
        kept = tmp_path / "kept"
        place = PodPlace(component=described(timeout=60), forward=cluster.node.forward, kept=kept)
        begun = time.monotonic()
        with (
            pytest.raises(ComponentFailed, match="ImagePullBackOff: no python:1 here") as caught,
            place.start(revision(), cluster.sides[0], workdir=tmp_path),
        ):
            pass
        assert time.monotonic() - begun < 30
        assert caught.value.next_step == f"read {kept / 'pod-failure-1.txt'}"
        assert "ImagePullBackOff" in (kept / "pod-failure-1.txt").read_text()


def test_what_a_killed_session_left_is_swept_once_its_time_is_over(tmp_path: Path) -> None:
    with played_cluster(tmp_path) as cluster:
        place = PodPlace(component=described(), forward=cluster.node.forward)
        guest = cluster.sides[0]
        killed = place.start(revision(), guest, workdir=tmp_path)
        killed.__enter__()
        provider = ExistingProvider(
            options=ProviderOptions(kubeconfig=str(cluster.theirs.kubeconfig))
        )
        assert provider.sweep() == []
        labels = {"metadata": {"labels": {EXPIRES: "1"}}}
        path = f"/api/v1/namespaces/{guest.namespace}"
        with closing(ClusterApi(cluster.theirs.access)) as api:
            api.ask("PATCH", path, labels, content_type="application/merge-patch+json")
        assert provider.sweep() == [f"namespace {guest.namespace} and what came with it"]
        assert left(cluster.theirs) == []
        killed.__exit__(None, None, None)  # had it lived, it would find nothing left to do


def test_a_cluster_without_a_namespace_of_ours_runs_no_pods(tmp_path: Path) -> None:
    place = PodPlace(component=described())
    with (
        pytest.raises(UsageError, match="the provider `fake` runs no pods"),
        place.start(revision(), world.FakeCluster(), workdir=tmp_path),
    ):
        pass
