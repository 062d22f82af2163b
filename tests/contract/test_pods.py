"""What of a pod changes after it was made, and what it is given when it is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from tests.contract.conftest import Space
from tests.contract.objects import Object, pod, service
from tests.contract.resources import PODS, SERVICES

Edit = Callable[[Object], Any]
TOLERATION = {"key": "mine", "operator": "Exists"}


@pytest.mark.parametrize(
    "edit",
    [
        lambda spec: spec["containers"][0].update(image="other:2"),
        lambda spec: spec.update(activeDeadlineSeconds=600),
        lambda spec: spec.setdefault("tolerations", []).append(TOLERATION),
    ],
)
def test_images_deadlines_and_more_tolerations_change(space: Space, edit: Edit) -> None:
    made = space.of(PODS).create(pod("a")).ok()
    edit(made["spec"])
    space.of(PODS).replace(made).ok()


@pytest.mark.parametrize(
    "edit",
    [
        lambda spec: spec["containers"][0].update(resources={"requests": {"cpu": "1"}}),
        lambda spec: spec["containers"][0].update(command=["other"]),
        lambda spec: spec.update(nodeName="elsewhere"),
        lambda spec: spec.update(terminationGracePeriodSeconds=5),
        lambda spec: spec.update(hostNetwork=True),
    ],
)
def test_the_rest_of_a_pod_does_not(space: Space, edit: Edit) -> None:
    made = space.of(PODS).create(pod("a")).ok()
    edit(made["spec"])
    refused = space.of(PODS).replace(made).invalid("spec")
    assert (
        "pod updates may not change fields other than `spec.containers[*].image`"
        in (refused["message"])
    )


def test_tolerations_are_not_taken_back(space: Space) -> None:
    tolerant = pod("a")
    tolerant["spec"]["tolerations"] = [TOLERATION]
    made = space.of(PODS).create(tolerant).ok()
    made["spec"]["tolerations"].remove(TOLERATION)
    space.of(PODS).replace(made).invalid("spec.tolerations")


def test_how_long_a_pod_tolerates_may_change(space: Space) -> None:
    tolerant = pod("a")
    for_now = {**TOLERATION, "effect": "NoExecute", "tolerationSeconds": 10}
    tolerant["spec"]["tolerations"] = [for_now]
    made = space.of(PODS).create(tolerant).ok()
    for each in made["spec"]["tolerations"]:
        each["tolerationSeconds"] = 20
    space.of(PODS).replace(made).ok()


@pytest.mark.parametrize(
    ("resources", "expected"),
    [
        ({}, "BestEffort"),
        ({"requests": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1"}}, "Burstable"),
        ({"limits": {"cpu": "1", "memory": "1Gi"}}, "Guaranteed"),
        ({"requests": {"cpu": "500m"}, "limits": {"cpu": "1", "memory": "1Gi"}}, "Burstable"),
        ({"requests": {"example.com/gpu": "1"}, "limits": {"example.com/gpu": "1"}}, "BestEffort"),
    ],
)
def test_quality_of_service_follows_from_requests_and_limits(
    space: Space, resources: Object, expected: str
) -> None:
    wanted = pod("a")
    wanted["spec"]["containers"][0]["resources"] = resources
    assert space.of(PODS).create(wanted).ok()["status"]["qosClass"] == expected


def test_a_service_on_nodes_gets_a_port_of_its_own_and_keeps_it(space: Space) -> None:
    ports = set()
    for name in ("a", "b"):
        on_nodes = service(name)
        on_nodes["spec"]["type"] = "NodePort"
        made = space.of(SERVICES).create(on_nodes).ok()
        (port,) = (each["nodePort"] for each in made["spec"]["ports"])
        assert 30000 <= port <= 32767
        ports.add(port)
        again = {**on_nodes, "metadata": {"name": name}}
        kept = space.of(SERVICES).replace(again).ok()
        assert [each["nodePort"] for each in kept["spec"]["ports"]] == [port]
    assert len(ports) == 2


def test_an_address_is_of_one_service(space: Space) -> None:
    services = space.of(SERVICES)
    first = services.create(service("a")).ok()["spec"]
    assert first["clusterIPs"] == [first["clusterIP"]]
    kept = services.replace(service("a")).ok()["spec"]
    assert kept["clusterIP"] == first["clusterIP"]
    second = service("b")
    second["spec"]["clusterIP"] = first["clusterIP"]
    refused = services.create(second).invalid("spec.clusterIPs")
    assert "provided IP is already allocated" in refused["message"]
    for name in ("c", "d"):
        headless = service(name)
        headless["spec"]["clusterIP"] = "None"
        assert services.create(headless).ok()["spec"]["clusterIPs"] == ["None"]


def test_a_load_balancer_may_do_without_ports_on_nodes(space: Space) -> None:
    balanced = service("a")
    balanced["spec"].update(type="LoadBalancer", allocateLoadBalancerNodePorts=False)
    made = space.of(SERVICES).create(balanced).ok()
    assert "nodePort" not in made["spec"]["ports"][0]


@pytest.mark.parametrize(
    ("port", "why"), [(80, "not in the valid range"), (0, "provided port is already allocated")]
)
def test_a_port_on_nodes_is_of_their_range_and_of_one_service(
    space: Space, port: int, why: str
) -> None:
    first = service("a")
    first["spec"]["type"] = "NodePort"
    (given,) = space.of(SERVICES).create(first).ok()["spec"]["ports"]
    second = service("b")
    second["spec"]["type"] = "NodePort"
    second["spec"]["ports"][0]["nodePort"] = port or given["nodePort"]
    refused = space.of(SERVICES).create(second).invalid("spec.ports[0].nodePort")
    assert why in refused["message"]
