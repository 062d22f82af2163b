"""The official Python client does not notice which server it talks to."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import kubernetes
import pytest
from kubernetes.client.exceptions import ApiException

from tests.contract.client import Collection
from tests.contract.conftest import Space, Target
from tests.contract.objects import config_map, deployment, ingress
from tests.contract.resources import DEPLOYMENTS, INGRESSES
from tests.contract.waiting import eventually

library: Any = kubernetes


@pytest.fixture
def client(target: Target) -> Iterator[Any]:
    settings = library.client.Configuration()
    library.config.load_kube_config(str(target.kubeconfig), client_configuration=settings)
    with library.client.ApiClient(settings) as made:
        yield made
        made.rest_client.pool_manager.clear()


@pytest.fixture
def core(client: Any) -> Any:
    return library.client.CoreV1Api(client)


@pytest.fixture
def dynamic(client: Any, tmp_path: Any) -> Any:
    return library.dynamic.DynamicClient(client, cache_file=str(tmp_path / "discovery"))


def test_typed_objects_make_the_round_trip(core: Any, space: Space) -> None:
    metadata = library.client.V1ObjectMeta(name="a", labels={"l": "v"})
    body = library.client.V1ConfigMap(metadata=metadata, data={"x": "1"})
    made = core.create_namespaced_config_map(space.name, body)
    assert made.metadata.uid
    assert made.metadata.creation_timestamp.tzinfo is not None
    found = core.read_namespaced_config_map("a", space.name)
    assert found.to_dict() == made.to_dict()
    found.data = {"x": "2"}
    core.replace_namespaced_config_map("a", space.name, found)
    core.patch_namespaced_config_map("a", space.name, {"data": {"y": "3"}})
    listed = core.list_namespaced_config_map(space.name, label_selector="l=v")
    assert [item.data for item in listed.items] == [{"x": "2", "y": "3"}]
    assert core.delete_namespaced_config_map("a", space.name).status == "Success"


def test_errors_are_api_exceptions(core: Any, space: Space) -> None:
    with pytest.raises(ApiException) as caught:
        core.read_namespaced_config_map("nobody", space.name)
    assert (caught.value.status, caught.value.reason) == (404, "Not Found")


def test_workloads_can_be_scaled(client: Any, space: Space) -> None:
    space.of(DEPLOYMENTS).create(deployment("web")).ok()
    apps = library.client.AppsV1Api(client)
    apps.patch_namespaced_deployment_scale("web", space.name, {"spec": {"replicas": 2}})
    assert apps.read_namespaced_deployment("web", space.name).spec.replicas == 2


def test_ingresses_are_typed(client: Any, space: Space) -> None:
    space.of(INGRESSES).create(ingress("web")).ok()
    networking = library.client.NetworkingV1Api(client)
    (found,) = networking.list_namespaced_ingress(space.name).items
    assert found.spec.rules[0].http.paths[0].backend.service.port.number == 80


def test_watch_streams_typed_events(core: Any, maps: Collection) -> None:
    maps.create(config_map("a", labels={"mine": "yes"})).ok()
    watch = library.watch.Watch()
    seen = []
    for event in watch.stream(
        core.list_namespaced_config_map,
        maps.namespace,
        label_selector="mine=yes",
        timeout_seconds=30,
    ):
        seen.append((event["type"], event["object"].metadata.name))
        if len(seen) == 1:
            maps.patch("a", {"data": {"x": "2"}}).ok()
        elif len(seen) == 2:
            maps.delete("a").ok()
        else:
            watch.stop()
    assert seen == [("ADDED", "a"), ("MODIFIED", "a"), ("DELETED", "a")]


def test_the_dynamic_client_discovers_and_uses_any_kind(dynamic: Any, space: Space) -> None:
    ingresses = dynamic.resources.get(api_version="networking.k8s.io/v1", kind="Ingress")
    made = ingresses.create(body=ingress("web"), namespace=space.name)
    assert made.metadata.generation == 1
    patch = {"metadata": {"labels": {"l": "v"}}}
    ingresses.patch(
        body=patch, name="web", namespace=space.name, content_type="application/merge-patch+json"
    )
    listed = ingresses.get(namespace=space.name, label_selector="l=v")
    assert [item.metadata.name for item in listed.items] == ["web"]
    ingresses.delete(name="web", namespace=space.name)
    assert not space.of(INGRESSES).exists("web")


def test_the_dynamic_client_applies_on_the_server(dynamic: Any, space: Space) -> None:
    maps = dynamic.resources.get(api_version="v1", kind="ConfigMap")
    maps.server_side_apply(
        body=config_map("a", {"x": "1"}), namespace=space.name, field_manager="me"
    )
    found = maps.get(name="a", namespace=space.name)
    assert found.metadata.managedFields[0].manager == "me"


def test_the_dynamic_client_watches(dynamic: Any, maps: Collection) -> None:
    maps.create(config_map("a", labels={"mine": "yes"})).ok()
    resource = dynamic.resources.get(api_version="v1", kind="ConfigMap")
    events = resource.watch(namespace=maps.namespace, label_selector="mine=yes", timeout=2)
    assert [(event["type"], event["object"].metadata.name) for event in events] == [("ADDED", "a")]


def test_an_informer_keeps_up_with_what_happens(core: Any, maps: Collection) -> None:
    informers = pytest.importorskip("kubernetes.informer", reason="informers came with 36")
    maps.create(config_map("a", labels={"mine": "yes"})).ok()
    informer = informers.SharedInformer(
        list_func=core.list_namespaced_config_map,
        namespace=maps.namespace,
        label_selector="mine=yes",
    )
    informer.start()
    try:
        eventually(lambda: names(informer) == {"a"})
        maps.create(config_map("b", labels={"mine": "yes"})).ok()
        eventually(lambda: names(informer) == {"a", "b"})
        maps.delete("a").ok()
        eventually(lambda: names(informer) == {"b"})
    finally:
        informer.stop()


def names(informer: Any) -> set[str]:
    return {item.metadata.name for item in informer.cache.list()}
