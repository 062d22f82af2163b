"""lightkube, with its defaults, does what its guide shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from lightkube import ApiError, Client, KubeConfig
from lightkube.generic_resource import create_namespaced_resource
from lightkube.models.autoscaling_v1 import ScaleSpec
from lightkube.models.meta_v1 import ObjectMeta
from lightkube.resources.apps_v1 import Deployment
from lightkube.resources.core_v1 import ConfigMap, Pod
from lightkube.types import PatchType

from tests.clients.conftest import define
from tests.contract.client import Api
from tests.contract.objects import deployment, pod

pytestmark = pytest.mark.filterwarnings(
    # the libraries leave their pools of connections to the garbage collector
    *("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
)


@pytest.fixture
def client(kubeconfig: Path) -> Any:
    return Client(config=KubeConfig.from_file(kubeconfig), field_manager="lightkube-tests")


def named(name: str, **data: str) -> ConfigMap:
    return ConfigMap(metadata=ObjectMeta(name=name, namespace="default"), data=data)


def test_objects_are_created_read_changed_and_deleted(client: Any) -> None:
    made = client.create(named("lk", x="1"))
    made.data = {"x": "2"}
    assert client.replace(made).data == {"x": "2"}
    with pytest.raises(ApiError) as refused:
        client.create(named("lk"))
    assert refused.value.status.reason == "AlreadyExists"
    client.delete(ConfigMap, "lk")
    with pytest.raises(ApiError) as refused:
        client.get(ConfigMap, "lk")
    assert refused.value.status.code == 404


@pytest.mark.parametrize("kind", list(PatchType))
def test_each_way_of_patching_works(client: Any, kind: PatchType) -> None:
    name = f"lk-{kind.name.lower()}"
    made = client.create(named(name, x="1"))
    patch: Any = {"data": {"y": "2"}}
    if kind is PatchType.JSON:
        version = made.metadata.resourceVersion
        patch = [
            {"op": "test", "path": "/metadata/resourceVersion", "value": version},
            {"op": "add", "path": "/data/y", "value": "2"},
        ]
    if kind is PatchType.APPLY:
        patch = {"apiVersion": "v1", "kind": "ConfigMap", **patch}
    changed = client.patch(ConfigMap, name, patch, patch_type=kind)
    assert changed.data == {"x": "1", "y": "2"}


def test_an_object_is_applied_and_its_conflicts_are_told(client: Any) -> None:
    client.apply(named("lk-applied", x="1"))
    with pytest.raises(ApiError) as refused:
        client.apply(named("lk-applied", x="2"), field_manager="other")
    assert refused.value.status.reason == "Conflict"
    assert client.apply(named("lk-applied", x="2"), field_manager="other", force=True).data == {
        "x": "2"
    }


def test_lists_go_over_pages_and_watches_go_on(client: Any) -> None:
    for index in range(7):
        client.create(
            ConfigMap(metadata=ObjectMeta(name=f"lk-page-{index}", labels={"paged": "lk"}))
        )
    found = list(client.list(ConfigMap, labels={"paged": "lk"}, chunk_size=3))
    assert len(found) == 7
    for kind, item in client.watch(ConfigMap, labels={"paged": "lk"}, server_timeout=5):
        assert (kind, item.metadata.labels) == ("ADDED", {"paged": "lk"})
        break
    for item in found:
        client.delete(ConfigMap, item.metadata.name)
    assert not list(client.list(ConfigMap, labels={"paged": "lk"}))


def test_scale_status_and_logs_are_subresources(client: Any) -> None:
    from lightkube.codecs import from_dict

    client.create(from_dict(deployment("lk-scaled")))
    scale = client.get(Deployment.Scale, "lk-scaled")
    scale.spec = ScaleSpec(replicas=4)
    assert client.replace(scale, "lk-scaled").spec.replicas == 4
    status = {"status": {"observedGeneration": 2}}
    patched = client.patch(Deployment.Status, "lk-scaled", status)
    assert patched.status.observedGeneration == 2
    client.create(from_dict(pod("lk-pod")))
    assert list(client.log("lk-pod")) == []
    client.delete(Pod, "lk-pod", grace_period=0)


def test_custom_resources_are_made_of_a_name(api: Api, client: Any) -> None:
    define(api, "lk.example.com", "boats", "Boat")
    boat = create_namespaced_resource("lk.example.com", "v1", "Boat", "boats")
    made = client.create(
        boat(metadata=ObjectMeta(name="b", namespace="default"), spec={"text": "x"})
    )
    assert dict(made.spec) == {"text": "x"}
    seen: Any = client.patch(boat.Status, "b", {"status": {"ok": True}}, patch_type=PatchType.MERGE)
    assert seen.status == {"ok": True}
    client.delete(boat, "b")
