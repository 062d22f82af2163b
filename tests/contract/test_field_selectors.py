"""Field selectors: those the real server has, and a clear error for all others."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Space
from tests.contract.objects import Object, config_map, pod, secret, service
from tests.contract.resources import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    EVENTS,
    NAMESPACES,
    NODES,
    PODS,
    SECRETS,
    SERVICES,
    Resource,
)
from tests.contract.test_kinds import ONCE, POD_SPEC, TEMPLATE


def test_a_name_selects_one(maps: Collection) -> None:
    for name in ("a", "b"):
        maps.create(config_map(name)).ok()
    assert maps.names(fieldSelector="metadata.name=a") == ["a"]
    assert maps.names(fieldSelector="metadata.name==b") == ["b"]
    assert "a" not in maps.names(fieldSelector="metadata.name!=a")


def test_a_namespace_selects_its_objects(maps: Collection) -> None:
    maps.create(config_map("a", labels={"mine": "yes"})).ok()
    everywhere = maps.api.of(CONFIG_MAPS)
    selected = f"metadata.namespace={maps.namespace}"
    assert everywhere.names(fieldSelector=selected, labelSelector="mine=yes") == ["a"]


def test_conditions_are_joined_by_and(maps: Collection) -> None:
    for name in ("a", "b", "c"):
        maps.create(config_map(name, labels={"mine": "yes"})).ok()
    selected = "metadata.name!=a,metadata.name!=b"
    assert maps.names(fieldSelector=selected, labelSelector="mine=yes") == ["c"]


@pytest.mark.parametrize(
    ("selector", "names"),
    [
        ("spec.nodeName=node-1", ["a"]),
        ("spec.nodeName=", ["b"]),
        ("spec.nodeName!=node-1", ["b"]),
        ("spec.restartPolicy=Always", ["a", "b"]),
        ("spec.restartPolicy=Never", []),
        ("status.phase=Running", []),
        ("status.phase!=Succeeded,status.phase!=Failed", ["a", "b"]),
    ],
)
def test_pods_can_be_selected_by_where_and_how_they_run(
    space: Space, selector: str, names: list[str]
) -> None:
    pods = space.of(PODS)
    pods.create(pod("a", node="node-1")).ok()
    pods.create(pod("b")).ok()
    assert pods.names(fieldSelector=selector) == names


def test_a_new_pod_is_pending(space: Space) -> None:
    pods = space.of(PODS)
    pods.create(pod("a")).ok()
    assert pods.names(fieldSelector="status.phase=Pending") == ["a"]


def test_secrets_can_be_selected_by_type(space: Space) -> None:
    secrets = space.of(SECRETS)
    secrets.create(secret("a")).ok()
    secrets.create(secret("b", "example.com/own")).ok()
    assert secrets.names(fieldSelector="type=example.com/own") == ["b"]


def test_services_can_be_selected_by_type(space: Space) -> None:
    services = space.of(SERVICES)
    services.create(service("a")).ok()
    assert services.names(fieldSelector="spec.type=ClusterIP") == ["a"]
    assert services.names(fieldSelector="spec.type=LoadBalancer") == []


def test_events_can_be_selected_by_what_they_are_about(space: Space) -> None:
    events = space.of(EVENTS)
    for name in ("a", "b"):
        about = {"kind": "Pod", "namespace": space.name, "name": name, "uid": f"uid-{name}"}
        events.create(event(name, about)).ok()
    assert events.names(fieldSelector="involvedObject.name=a") == ["a"]
    assert events.names(fieldSelector="involvedObject.uid=uid-b,type=Warning") == ["b"]
    assert events.names(fieldSelector="reason=Other") == []


def event(name: str, about: Object) -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Event",
        "metadata": {"name": name},
        "involvedObject": about,
        "reason": "Tested",
        "message": "An event of a test.",
        "type": "Warning",
    }


def test_namespaces_can_be_selected_by_phase(space: Space) -> None:
    found = space.api.of(NAMESPACES)
    assert space.name in found.names(fieldSelector="status.phase=Active")
    assert found.names(fieldSelector=f"status.phase=Nothing,metadata.name={space.name}") == []


@pytest.fixture
def node(api: Api, unique: str) -> Iterator[str]:
    body = {"apiVersion": "v1", "kind": "Node", "metadata": {"name": unique}}
    api.of(NODES).create({**body, "spec": {"unschedulable": True}}).ok()
    yield unique
    api.of(NODES).delete(unique).ok()


def test_nodes_can_be_selected_by_whether_they_take_pods(api: Api, node: str) -> None:
    found = api.of(NODES)
    assert node in found.names(fieldSelector="spec.unschedulable=true")
    assert node not in found.names(fieldSelector="spec.unschedulable=false")


@pytest.mark.parametrize(
    ("resource", "selector"),
    [
        (CONFIG_MAPS, "data.key=value"),
        (CONFIG_MAPS, "metadata.uid=x"),
        (CONFIG_MAPS, "status.phase=Running"),
        (DEPLOYMENTS, "spec.replicas=1"),
        (PODS, "spec.containers=main"),
    ],
)
def test_an_unsupported_field_is_a_bad_request_that_names_it(
    api: Api, resource: Resource, selector: str
) -> None:
    found = api.of(resource, "default").list(fieldSelector=selector).failed(400, "BadRequest")
    assert selector.split("=", maxsplit=1)[0] in found["message"]


@pytest.mark.parametrize("selector", ["metadata.name in (a,b)", "metadata.name", "!metadata.name"])
def test_set_operators_are_for_labels_alone(api: Api, selector: str) -> None:
    api.of(CONFIG_MAPS, "default").list(fieldSelector=selector).failed(400, "BadRequest")


@pytest.mark.parametrize(
    ("root", "plural", "kind", "rest", "selector", "other"),
    [
        ("/api/v1", "nodes", "Node", {}, "spec.unschedulable=false", "spec.unschedulable=true"),
        (
            "/api/v1",
            "pods",
            "Pod",
            {"spec": POD_SPEC},
            "spec.hostNetwork=false",
            "spec.hostNetwork=",
        ),
        ("/api/v1", "pods", "Pod", {"spec": POD_SPEC}, "status.podIP=", "status.podIPs=1.2.3.4"),
        (
            "/apis/batch/v1",
            "jobs",
            "Job",
            {"spec": ONCE},
            "status.successful=0",
            "status.successful=",
        ),
        (
            "/api/v1",
            "replicationcontrollers",
            "ReplicationController",
            {"spec": {"replicas": 0, "selector": {"app": "a"}, "template": TEMPLATE}},
            "status.replicas=0",
            "status.replicas=",
        ),
    ],
)
def test_a_field_that_is_absent_is_selected_by_its_zero(
    space: Space, root: str, plural: str, kind: str, rest: Object, selector: str, other: str
) -> None:
    unique = space.name
    resource = Resource(root, plural, kind, namespaced=kind != "Node")
    items = space.api.of(resource, space.name)
    items.create({"metadata": {"name": unique}, **rest}).ok()
    named = f"metadata.name={unique},"
    assert items.names(fieldSelector=named + selector) == [unique]
    assert items.names(fieldSelector=named + other) == []
    items.delete(unique, gracePeriodSeconds=0).ok()


def test_a_node_without_a_spec_gets_an_empty_one(api: Api, unique: str) -> None:
    made = api.of(NODES).create({"metadata": {"name": unique}}).ok()
    assert {key: value for key, value in made["spec"].items() if key != "taints"} == {}
    assert made["status"]["nodeInfo"]["kubeletVersion"] == ""
    api.of(NODES).delete(unique).ok()


def test_a_label_that_is_no_label_of_a_job_is_named(space: Space) -> None:
    jobs = space.of(Resource("/apis/batch/v1", "jobs", "Job"))
    found = jobs.list(fieldSelector="status.succeeded=0").failed(400, "BadRequest")
    assert found["message"] == 'field label "status.succeeded" not supported for Job'
