"""The subresources status and scale, and a clear word about all others."""

from __future__ import annotations

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Space, Target
from tests.contract.objects import config_map, deployment, ingress, pod, workload
from tests.contract.resources import (
    DEPLOYMENTS,
    INGRESSES,
    NAMESPACES,
    PODS,
    REPLICA_SETS,
    STATEFUL_SETS,
    Resource,
)

ADDRESS = {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}


@pytest.fixture
def ingresses(space: Space) -> Collection:
    found = space.of(INGRESSES)
    found.create(ingress("a")).ok()
    return found


# --- status ---------------------------------------------------------------------------------------


def test_a_status_is_read_at_its_own_path(ingresses: Collection) -> None:
    assert ingresses.read("a", "status").ok() == ingresses.read("a").ok()


def test_a_status_update_changes_the_status_alone(ingresses: Collection) -> None:
    item = ingresses.read("a").ok()
    changed = {
        **item,
        "spec": {**item["spec"], "ingressClassName": "smuggled"},
        "status": ADDRESS,
    }
    after = ingresses.replace(changed, "status").ok()
    assert after["status"] == ADDRESS
    assert after["spec"] == item["spec"]


def test_an_update_does_not_change_the_status(ingresses: Collection) -> None:
    ingresses.patch("a", {"status": ADDRESS}, subresource="status").ok()
    item = ingresses.read("a").ok()
    item["status"] = {"loadBalancer": {}}
    item["spec"]["ingressClassName"] = "other"
    after = ingresses.replace(item).ok()
    assert after["status"] == ADDRESS
    assert after["spec"]["ingressClassName"] == "other"


def test_a_patch_does_not_change_the_status(ingresses: Collection) -> None:
    before = ingresses.read("a").ok()["status"]
    assert ingresses.patch("a", {"status": ADDRESS}).ok()["status"] == before


def test_a_status_patch_does_not_change_the_rest(ingresses: Collection) -> None:
    patch = {"spec": {"ingressClassName": "smuggled"}, "status": ADDRESS}
    after = ingresses.patch("a", patch, subresource="status").ok()
    assert after["status"] == ADDRESS
    assert "ingressClassName" not in after["spec"]


def test_a_status_given_at_creation_is_dropped(space: Space) -> None:
    made = space.of(INGRESSES).create({**ingress("a"), "status": ADDRESS}).ok()
    assert made["status"] == {"loadBalancer": {}}


def test_a_status_update_of_an_older_version_is_a_conflict(ingresses: Collection) -> None:
    item = ingresses.read("a").ok()
    ingresses.patch("a", {"metadata": {"labels": {"l": "v"}}}).ok()
    ingresses.replace({**item, "status": ADDRESS}, "status").failed(409, "Conflict")


def test_a_status_update_is_watched(ingresses: Collection) -> None:
    version = ingresses.list().ok()["metadata"]["resourceVersion"]
    with ingresses.watch(resourceVersion=version) as watch:
        after = ingresses.patch("a", {"status": ADDRESS}, subresource="status").ok()
        assert watch.next() == {"type": "MODIFIED", "object": after}


def test_a_pods_status_may_say_that_it_runs(space: Space) -> None:
    pods = space.of(PODS)
    pods.create(pod("a")).ok()
    condition = {"type": "Ready", "status": "True"}
    status = {"status": {"phase": "Running", "podIP": "192.0.2.7", "conditions": [condition]}}
    after = pods.patch("a", status, "strategic", "status").ok()
    assert after["status"]["phase"] == "Running"
    (ready,) = [each for each in after["status"]["conditions"] if each["type"] == "Ready"]
    assert ready["status"] == "True"


def test_what_has_no_status_has_no_such_path(maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    assert maps.read("a", "status").status == 404
    assert maps.patch("a", {}, subresource="status").status == 404


# --- scale ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("resource", [DEPLOYMENTS, REPLICA_SETS, STATEFUL_SETS])
def test_a_workload_has_a_scale(space: Space, resource: Resource) -> None:
    workloads = space.of(resource)
    made = workloads.create(workload(resource.kind, "web")).ok()
    scale = workloads.read("web", "scale").ok()
    assert (scale["kind"], scale["apiVersion"]) == ("Scale", "autoscaling/v1")
    assert scale["metadata"]["name"] == "web"
    assert scale["metadata"]["uid"] == made["metadata"]["uid"]
    assert scale["spec"].get("replicas", 0) == 0
    assert scale["status"]["selector"] == "app=web"


def test_a_scale_update_changes_the_replicas(space: Space) -> None:
    deployments = space.of(DEPLOYMENTS)
    made = deployments.create({**deployment("web")}).ok()
    answer = deployments.update("web", {"spec": {"replicas": 1}}, "scale").ok()
    assert (answer["kind"], answer["spec"]) == ("Scale", {"replicas": 1})
    after = deployments.read("web").ok()
    assert after["spec"]["replicas"] == 1
    assert after["metadata"]["generation"] == made["metadata"]["generation"] + 1


@pytest.mark.parametrize("kind", ["merge", "json"])
def test_a_scale_can_be_patched(space: Space, kind: str) -> None:
    deployments = space.of(DEPLOYMENTS)
    deployments.create(deployment("web")).ok()
    patch: object = {"spec": {"replicas": 1}}
    if kind == "json":
        patch = [{"op": "add", "path": "/spec/replicas", "value": 1}]
    assert deployments.patch("web", patch, kind, "scale").ok()["spec"] == {"replicas": 1}
    assert deployments.read("web").ok()["spec"]["replicas"] == 1


def test_a_scale_cannot_be_negative(space: Space) -> None:
    deployments = space.of(DEPLOYMENTS)
    deployments.create(deployment("web")).ok()
    answer = deployments.patch("web", {"spec": {"replicas": -1}}, "merge", "scale")
    answer.invalid("spec.replicas")


def test_a_scale_update_of_an_older_version_is_a_conflict(space: Space) -> None:
    deployments = space.of(DEPLOYMENTS)
    deployments.create(deployment("web")).ok()
    scale = deployments.read("web", "scale").ok()
    deployments.patch("web", {"metadata": {"labels": {"l": "v"}}}).ok()
    deployments.replace({**scale, "spec": {"replicas": 1}}, "scale").failed(409, "Conflict")


def test_what_cannot_be_scaled_has_no_such_path(maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    assert maps.read("a", "scale").status == 404


# --- all others -----------------------------------------------------------------------------------


def test_an_unknown_subresource_is_not_found(ingresses: Collection) -> None:
    ingresses.read("a", "nonsense").failed(404, "NotFound")
    ingresses.patch("a", {}, subresource="nonsense").failed(404, "NotFound")


HOSTED = [("POST", "exec"), ("GET", "exec"), ("POST", "attach"), ("POST", "portforward")]


@pytest.mark.parametrize(("method", "subresource"), HOSTED)
def test_a_pod_on_no_node_has_no_host_to_ask(space: Space, method: str, subresource: str) -> None:
    pods = space.of(PODS)
    pods.create(pod("a")).ok()
    answer = pods.api.request(method, pods.path("a", subresource), command="ls", stdout="true")
    found = answer.failed(400, "BadRequest")
    assert found["message"] == "pod a does not have a host assigned"


def test_the_logs_of_a_pod_on_no_node_are_empty(space: Space) -> None:
    pods = space.of(PODS)
    pods.create(pod("a")).ok()
    answer = pods.read("a", "log")
    assert (answer.status, answer.body) == (204, b"")
    assert "Content-Length" not in answer.headers
    unknown = pods.api.get(pods.path("a", "log"), container="zz").failed(400, "BadRequest")
    assert unknown["message"] == "container zz is not valid for pod a"
    pods.read("nobody", "log").failed(404, "NotFound")


@pytest.mark.parametrize("subresource", ["log", "exec"])
def test_what_needs_a_running_container_is_a_clear_error(
    target: Target, space: Space, subresource: str
) -> None:
    if target.ours is None:
        pytest.skip("a real server tries to reach a kubelet")
    pods = space.of(PODS)
    pods.create(pod("a", node="n")).ok()
    found = pods.read("a", subresource).failed(501, "NotImplemented")
    assert f"pods/{subresource}: no containers run" in found["message"]


def test_a_change_of_the_status_may_change_annotations(api: Api, space: Space) -> None:
    spaces = api.of(NAMESPACES)
    change = {"metadata": {"annotations": {"a": "b"}, "labels": {"l": "m"}}}
    changed = spaces.patch(space.name, change, subresource="status").ok()
    assert changed["metadata"]["annotations"] == {"a": "b"}
    assert changed["metadata"]["labels"]["l"] == "m"
    pods = space.of(PODS)
    pods.create(pod("a")).ok()
    patched = pods.patch("a", {**change, "spec": {"nodeName": "n"}}, subresource="status").ok()
    assert patched["metadata"]["annotations"] == {"a": "b"}
    assert "nodeName" not in patched["spec"]


def test_a_change_of_a_deployments_status_keeps_its_labels(space: Space) -> None:
    deployments = space.of(DEPLOYMENTS)
    deployments.create(deployment("a", labels={"l": "1"})).ok()
    change = {"metadata": {"annotations": {"a": "b"}, "labels": {"l": "2"}}}
    changed = deployments.patch("a", change, subresource="status").ok()
    assert changed["metadata"]["annotations"]["a"] == "b"
    assert changed["metadata"]["labels"] == {"l": "1"}
