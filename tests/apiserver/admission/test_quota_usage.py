"""What an object uses of a quota, and which of a quota's names it is about."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from loadstone.apiserver.admission import pod_resources, quota_usage
from loadstone.apiserver.machinery.resources import Registry, Resource
from loadstone.apiserver.types import kinds

REGISTRY = Registry(kinds.kinds())


def resource(plural: str, group: str = "") -> Resource:
    found = REGISTRY.by_key((group, plural))
    assert found is not None
    return found


def needing(cpu: str, **more: Any) -> dict[str, Any]:
    return {"name": cpu, "resources": {"requests": {"cpu": cpu}}, **more}


@pytest.mark.parametrize(
    ("plural", "group", "names"),
    [
        ("configmaps", "", ["configmaps", "count/configmaps"]),
        ("services", "", ["services.nodeports"]),
        ("persistentvolumeclaims", "", ["gold.storageclass.storage.k8s.io/requests.storage"]),
        ("pods", "", ["cpu", "limits.memory", "requests.example.com/gpu", "hugepages-2Mi"]),
        ("deployments", "apps", ["count/deployments.apps"]),
    ],
)
def test_a_quota_is_about_a_resource_by_its_names(
    plural: str, group: str, names: list[str]
) -> None:
    others = ["secrets", "count/jobs.batch", "limits.example.com/gpu"]
    assert quota_usage.limited(resource(plural, group), [*names, *others]) == names


@pytest.mark.parametrize(
    ("spec", "cpu"),
    [
        ({"containers": [needing("100m"), needing("200m")]}, "0.3"),
        ({"containers": [needing("100m")], "initContainers": [needing("500m")]}, "0.5"),
        (
            {
                "containers": [needing("100m")],
                "initContainers": [needing("200m", restartPolicy="Always"), needing("50m")],
            },
            "0.3",
        ),
        (
            {
                "containers": [needing("100m")],
                "initContainers": [needing("200m", restartPolicy="Always"), needing("400m")],
            },
            "0.6",
        ),
        ({"containers": [needing("100m")], "overhead": {"cpu": "50m"}}, "0.15"),
        ({"containers": [needing("100m")], "resources": {"requests": {"cpu": "1"}}}, "1"),
    ],
)
def test_a_pod_requests_what_runs_at_the_same_time(spec: dict[str, Any], cpu: str) -> None:
    requests, _ = pod_resources.totals(spec)
    assert requests["cpu"] == Decimal(cpu)


def test_a_pod_that_ended_uses_only_its_place() -> None:
    ended = {"spec": {"containers": [needing("1")]}, "status": {"phase": "Failed"}}
    assert quota_usage.usage(resource("pods"), ended) == {"count/pods": 1}


def test_a_load_balancer_without_ports_on_nodes_counts_those_it_names() -> None:
    ports = [{"port": 80, "nodePort": 30080}, {"port": 81}]
    spec = {"type": "LoadBalancer", "ports": ports, "allocateLoadBalancerNodePorts": False}
    used = quota_usage.usage(resource("services"), {"spec": spec})
    counts = [int(used[f"services.{name}"]) for name in ("nodeports", "loadbalancers")]
    assert counts == [1, 1]


def test_storage_is_counted_in_whole_bytes() -> None:
    claim = {"spec": {"resources": {"requests": {"storage": "1500m"}}}}
    assert quota_usage.usage(resource("persistentvolumeclaims"), claim)["requests.storage"] == 2
