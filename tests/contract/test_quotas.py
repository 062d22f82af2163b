"""Resource quotas: what has no room is refused, and what comes is counted."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Space
from tests.contract.objects import Object, config_map, deployment, pod, service
from tests.contract.resources import CONFIG_MAPS, DEPLOYMENTS, PODS, SERVICES, Resource
from tests.contract.waiting import eventually

QUOTAS = Resource("/api/v1", "resourcequotas", "ResourceQuota")
CLAIMS = Resource("/api/v1", "persistentvolumeclaims", "PersistentVolumeClaim")


@pytest.fixture
def counted(gives_accounts: bool) -> bool:
    """Whether a controller counts what there is; without one a test says so itself."""
    return gives_accounts


def limit(space: Space, counted: bool, hard: dict[str, str], **spec: Any) -> Collection:
    """A quota that is counted: its status says what it holds to."""
    quotas = space.of(QUOTAS)
    meta = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}}
    made = quotas.create({**meta, "spec": {"hard": hard, **spec}}).ok()
    if not counted:
        made["status"] = {"hard": hard, "used": dict.fromkeys(hard, "0")}
        quotas.replace(made, subresource="status").ok()
    eventually(lambda: set(quotas.read("q").ok().get("status", {}).get("used", {})) == set(hard))
    return quotas


def used(quotas: Collection) -> dict[str, str]:
    found: dict[str, str] = quotas.read("q").ok()["status"]["used"]
    return found


def limited(name: str, resources: Object, **spec: Any) -> Object:
    made = pod(name)
    made["spec"]["containers"][0]["resources"] = resources
    made["spec"].update(spec)
    return made


def test_a_pod_is_counted_by_what_it_requests(space: Space, counted: bool) -> None:
    quotas = limit(space, counted, {"pods": "5", "requests.cpu": "1", "limits.memory": "2Gi"})
    wants = {"requests": {"cpu": "300m"}, "limits": {"cpu": "1", "memory": "512Mi"}}
    space.of(PODS).create(limited("a", wants)).ok()
    assert used(quotas) == {"pods": "1", "requests.cpu": "300m", "limits.memory": "512Mi"}


def test_a_pod_that_has_no_room_is_refused_in_the_real_words(space: Space, counted: bool) -> None:
    quotas = limit(space, counted, {"requests.cpu": "500m", "memory": "252Mi"})
    first = {"requests": {"cpu": "400m", "memory": "252Mi"}}
    space.of(PODS).create(limited("a", first)).ok()
    second = {"requests": {"cpu": "200m", "memory": "1Mi"}}
    refused = space.of(PODS).create(limited("b", second)).failed(403, "Forbidden")
    assert refused["message"] == (
        'pods "b" is forbidden: exceeded quota: q, requested: memory=1Mi,requests.cpu=200m, '
        "used: memory=252Mi,requests.cpu=400m, limited: memory=252Mi,requests.cpu=500m"
    )
    assert used(quotas) == {"requests.cpu": "400m", "memory": "252Mi"}


def test_a_pod_has_to_say_what_a_quota_counts(space: Space, counted: bool) -> None:
    limit(space, counted, {"cpu": "1", "limits.memory": "1Gi"})
    refused = space.of(PODS).create(pod("a")).failed(403, "Forbidden")
    assert refused["message"].endswith(
        "failed quota: q: must specify cpu for: main; limits.memory for: main"
    )


def test_a_limit_is_what_is_requested_where_nothing_is(space: Space, counted: bool) -> None:
    quotas = limit(space, counted, {"requests.cpu": "1"})
    made = space.of(PODS).create(limited("a", {"limits": {"cpu": "250m"}})).ok()
    assert made["spec"]["containers"][0]["resources"]["requests"] == {"cpu": "250m"}
    assert used(quotas) == {"requests.cpu": "250m"}


def test_an_init_container_counts_where_it_needs_more(space: Space, counted: bool) -> None:
    quotas = limit(space, counted, {"requests.cpu": "2"})
    before = {"name": "first", "image": "i:1", "resources": {"requests": {"cpu": "900m"}}}
    space.of(PODS).create(limited("a", {"requests": {"cpu": "100m"}}, initContainers=[before])).ok()
    assert used(quotas) == {"requests.cpu": "900m"}


def test_an_extended_resource_is_counted_by_its_request(space: Space, counted: bool) -> None:
    quotas = limit(space, counted, {"requests.example.com/dongle": "3"})
    wants = {"requests": {"example.com/dongle": "2"}, "limits": {"example.com/dongle": "2"}}
    space.of(PODS).create(limited("a", wants)).ok()
    assert used(quotas) == {"requests.example.com/dongle": "2"}
    space.of(PODS).create(limited("b", wants)).failed(403, "Forbidden")


def test_scopes_choose_the_pods(space: Space, counted: bool) -> None:
    quotas = limit(space, counted, {"pods": "1"}, scopes=["BestEffort", "NotTerminating"])
    space.of(PODS).create(limited("a", {"requests": {"cpu": "1"}})).ok()
    space.of(PODS).create(limited("b", {}, activeDeadlineSeconds=60)).ok()
    assert used(quotas) == {"pods": "0"}
    space.of(PODS).create(pod("c")).ok()
    space.of(PODS).create(pod("d")).failed(403, "Forbidden")


def test_ports_on_nodes_and_load_balancers_are_counted(space: Space, counted: bool) -> None:
    hard = {"services": "5", "services.nodeports": "1", "services.loadbalancers": "1"}
    quotas = limit(space, counted, hard)
    balanced = service("a")
    balanced["spec"]["type"] = "LoadBalancer"
    space.of(SERVICES).create(balanced).ok()
    expected = {"services": "1", "services.nodeports": "1", "services.loadbalancers": "1"}
    assert used(quotas) == expected
    on_nodes = service("b")
    on_nodes["spec"]["type"] = "NodePort"
    space.of(SERVICES).create(on_nodes).failed(403, "Forbidden")
    inside = space.of(SERVICES).create(service("c")).ok()
    inside["spec"]["type"] = "NodePort"
    space.of(SERVICES).replace(inside).failed(403, "Forbidden")
    assert used(quotas) == {**expected, "services": "2"}


def test_storage_is_counted_by_its_class_too(space: Space, counted: bool) -> None:
    of_gold = "gold.storageclass.storage.k8s.io/requests.storage"
    quotas = limit(space, counted, {"requests.storage": "3Gi", of_gold: "2Gi"})
    claim = {
        "apiVersion": "v1",
        "kind": "PersistentVolumeClaim",
        "metadata": {"name": "a"},
        "spec": {
            "accessModes": ["ReadWriteOnce"],
            "storageClassName": "gold",
            "resources": {"requests": {"storage": "1Gi"}},
        },
    }
    space.of(CLAIMS).create(claim).ok()
    assert used(quotas) == {"requests.storage": "1Gi", of_gold: "1Gi"}


def test_objects_of_any_kind_are_counted_by_number(space: Space, counted: bool) -> None:
    quotas = limit(space, counted, {"count/deployments.apps": "1"})
    space.of(DEPLOYMENTS).create(deployment("a")).ok()
    refused = space.of(DEPLOYMENTS).create(deployment("b")).failed(403, "Forbidden")
    assert "exceeded quota: q, requested: count/deployments.apps=1" in refused["message"]
    assert used(quotas) == {"count/deployments.apps": "1"}


def test_a_dry_run_is_held_to_a_quota_and_not_counted(space: Space, counted: bool) -> None:
    quotas = limit(space, counted, {"count/deployments.apps": "1"})
    space.of(DEPLOYMENTS).create(deployment("a"), dryRun="All").ok()
    assert used(quotas) == {"count/deployments.apps": "0"}
    space.of(DEPLOYMENTS).create(deployment("a")).ok()
    space.of(DEPLOYMENTS).create(deployment("b"), dryRun="All").failed(403, "Forbidden")


def test_a_quota_that_nobody_counted_limits_nothing(space: Space, counted: bool, api: Api) -> None:
    if counted:
        pytest.skip("a controller counts every quota at once")
    meta = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}}
    space.of(QUOTAS).create({**meta, "spec": {"hard": {"configmaps": "0"}}}).ok()
    space.of(CONFIG_MAPS).create(config_map("a")).ok()
