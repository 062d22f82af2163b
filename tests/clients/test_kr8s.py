"""kr8s, with its defaults, does what its guide shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import kr8s
import pytest
from kr8s.objects import ConfigMap, Deployment, Pod, Service, new_class

from tests.clients.conftest import define
from tests.contract.client import Api
from tests.contract.objects import config_map, deployment, pod, service

pytestmark = pytest.mark.filterwarnings(
    # the libraries leave their pools of connections to the garbage collector, and kr8s knows the
    # versions of its day
    *("ignore::ResourceWarning", "ignore::pytest.PytestUnraisableExceptionWarning"),
    "ignore:Kubernetes version:UserWarning",
)


@pytest.fixture
def client(kubeconfig: Path) -> kr8s.Api:
    found: kr8s.Api = kr8s.api(kubeconfig=str(kubeconfig))
    return found


def test_objects_are_created_read_changed_and_deleted(client: kr8s.Api) -> None:
    made = ConfigMap({**config_map("kr8s", {"x": "1"}), "metadata": {"name": "kr8s"}}, api=client)
    made.create()
    assert made.exists()
    made.patch({"data": {"y": "2"}})
    assert made.raw["data"] == {"x": "1", "y": "2"}
    made.patch([{"op": "test", "path": "/data/x", "value": "1"}], type="json")
    made.label({"l": "m"})
    made.annotate({"a": "b"})
    made.refresh()
    assert made.labels == {"l": "m"}
    found: Any = client.get("configmaps", label_selector="l=m")
    assert [item.name for item in found] == ["kr8s"]
    made.delete()
    assert not made.exists()


def test_deployments_scale_and_watches_tell(client: kr8s.Api) -> None:
    made = Deployment(deployment("kr8s-scaled"), api=client)
    made.create()
    made.scale(3)
    made.refresh()
    assert made.replicas == 3
    events = client.watch("deployments", field_selector="metadata.name=kr8s-scaled")
    kind, seen = next(iter(events))
    assert (kind, seen.name) == ("ADDED", "kr8s-scaled")
    made.delete(propagation_policy="Background")
    made.wait("delete", timeout=10)


def test_pods_say_why_they_have_no_logs(client: kr8s.Api) -> None:
    made = Pod(pod("kr8s-pod"), api=client)
    made.create()
    assert not made.ready()
    assert list(made.logs()) == []
    made.delete(grace_period=0)


def test_what_an_owner_owned_goes_with_it(client: kr8s.Api) -> None:
    owner, owned = Service(service("kr8s-owner"), api=client), Pod(pod("kr8s-owned"), api=client)
    owner.create()
    owned.create()
    owned.set_owner(owner)
    owner.delete()
    owned.wait("delete", timeout=10)


def test_custom_resources_need_a_class_and_no_more(api: Api, client: kr8s.Api) -> None:
    define(api, "kr8s.example.com", "toys", "Toy")
    toy = new_class(kind="Toy", version="kr8s.example.com/v1", namespaced=True)
    made = toy(
        {"metadata": {"name": "t", "namespace": "default"}, "spec": {"text": "x"}}, api=client
    )
    made.create()
    made.patch({"status": {"seen": True}}, subresource="status")
    made.refresh()
    assert made.status.seen is True
    made.delete()


def test_the_server_is_asked_what_it_serves(client: kr8s.Api) -> None:
    assert client.version()["major"] == "1"
    assert {"pods", "deployments"} <= {found["name"] for found in client.api_resources()}
