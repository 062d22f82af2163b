"""Server-side apply: who owns which field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from tests.contract.client import Collection
from tests.contract.conftest import Space
from tests.contract.objects import Object, config_map, deployment, ingress, pod
from tests.contract.resources import DEPLOYMENTS, INGRESSES, PODS
from tests.contract.waiting import eventually


def owned(item: Object, manager: str, subresource: str = "") -> Mapping[str, Any]:
    """The fields that a manager owns, or an empty mapping."""
    for entry in item["metadata"].get("managedFields", []):
        if (entry["manager"], entry.get("subresource", "")) == (manager, subresource):
            assert entry["fieldsType"] == "FieldsV1"
            found: Mapping[str, Any] = entry["fieldsV1"]
            return found
    return {}


def managers(item: Object) -> set[tuple[str, str]]:
    return {(entry["manager"], entry["operation"]) for entry in item["metadata"]["managedFields"]}


def pods_of(name: str, *containers: Object) -> Object:
    item = deployment(name)
    item["spec"]["template"]["spec"]["containers"] = list(containers)
    return item


def test_applying_what_is_missing_creates_it(maps: Collection) -> None:
    answer = maps.apply(config_map("a", {"x": "1"}), "me")
    assert answer.status == 201
    assert answer.json()["data"] == {"x": "1"}


def test_applying_again_updates_it(maps: Collection) -> None:
    maps.apply(config_map("a", {"x": "1"}), "me").ok()
    answer = maps.apply(config_map("a", {"x": "2"}), "me")
    assert (answer.status, answer.json()["data"]) == (200, {"x": "2"})


def test_applying_the_same_makes_no_new_version(maps: Collection) -> None:
    first = maps.apply(config_map("a", {"x": "1"}), "me").ok()
    assert maps.apply(config_map("a", {"x": "1"}), "me").ok() == first


def test_managed_fields_name_who_applied_what(maps: Collection) -> None:
    made = maps.apply(config_map("a", {"x": "1"}, labels={"l": "v"}), "me").ok()
    (entry,) = made["metadata"]["managedFields"]
    told = (entry["manager"], entry["operation"], entry["apiVersion"], entry["fieldsType"])
    assert told == ("me", "Apply", "v1", "FieldsV1")
    assert entry["time"]
    assert entry["fieldsV1"]["f:data"]["f:x"] == {}
    assert entry["fieldsV1"]["f:metadata"]["f:labels"]["f:l"] == {}


def test_a_value_of_another_manager_is_a_conflict_that_names_both(maps: Collection) -> None:
    maps.apply(config_map("a", {"x": "1"}), "first").ok()
    found = maps.apply(config_map("a", {"x": "2"}), "second").failed(409, "Conflict")
    (cause,) = found["details"]["causes"]
    assert (cause["reason"], cause["field"]) == ("FieldManagerConflict", ".data.x")
    assert 'conflict with "first"' in found["message"]
    assert maps.read("a").ok()["data"] == {"x": "1"}


def test_every_conflict_is_told_at_once(maps: Collection) -> None:
    maps.apply(config_map("a", {"x": "1", "y": "1"}), "first").ok()
    found = maps.apply(config_map("a", {"x": "2", "y": "2"}), "second").failed(409, "Conflict")
    assert {cause["field"] for cause in found["details"]["causes"]} == {".data.x", ".data.y"}


def test_force_takes_the_field_over(maps: Collection) -> None:
    maps.apply(config_map("a", {"x": "1", "y": "1"}), "first").ok()
    after = maps.apply(config_map("a", {"x": "2"}), "second", force="true").ok()
    assert after["data"] == {"x": "2", "y": "1"}
    assert "f:x" in owned(after, "second")["f:data"]
    assert "f:x" not in owned(after, "first")["f:data"]


def test_two_managers_may_own_the_same_value(maps: Collection) -> None:
    maps.apply(config_map("a", {"x": "1"}), "first").ok()
    after = maps.apply(config_map("a", {"x": "1"}), "second").ok()
    for manager in ("first", "second"):
        assert "f:x" in owned(after, manager)["f:data"]


def test_a_field_that_is_no_longer_applied_is_removed(maps: Collection) -> None:
    maps.apply(config_map("a", {"x": "1", "y": "2"}), "me").ok()
    assert maps.apply(config_map("a", {"x": "1"}), "me").ok()["data"] == {"x": "1"}


def test_a_field_that_another_still_owns_stays(maps: Collection) -> None:
    both = config_map("a", {"x": "1", "y": "2"})
    maps.apply(both, "first").ok()
    maps.apply(both, "second").ok()
    after = maps.apply(config_map("a", {"x": "1"}), "first").ok()
    assert after["data"] == {"x": "1", "y": "2"}
    assert "f:y" not in owned(after, "first")["f:data"]


def test_managers_of_different_fields_do_not_meet(maps: Collection) -> None:
    maps.apply(config_map("a", {"x": "1"}), "first").ok()
    after = maps.apply(config_map("a", {"y": "2"}), "second").ok()
    assert after["data"] == {"x": "1", "y": "2"}


@pytest.mark.parametrize("method", ["PUT", "merge", "json", "strategic"])
def test_a_plain_write_takes_its_field_from_the_applier(maps: Collection, method: str) -> None:
    made = maps.apply(config_map("a", {"x": "1"}), "applier").ok()
    if method == "PUT":
        after = maps.replace({**made, "data": {"x": "2"}}, fieldManager="writer").ok()
    else:
        change: Any = {"data": {"x": "2"}}
        if method == "json":
            change = [{"op": "replace", "path": "/data/x", "value": "2"}]
        after = maps.patch("a", change, method, fieldManager="writer").ok()
    assert ("writer", "Update") in managers(after)
    assert "f:x" in owned(after, "writer")["f:data"]
    found = maps.apply(config_map("a", {"x": "3"}), "applier").failed(409, "Conflict")
    assert 'conflict with "writer"' in found["message"]


def test_a_plain_create_is_owned_by_its_user_agent(maps: Collection) -> None:
    made = maps.create(config_map("a", {"x": "1"})).ok()
    assert managers(made) == {("contract-suite", "Update")}
    assert "f:x" in owned(made, "contract-suite")["f:data"]


def test_a_plain_create_may_name_its_manager(maps: Collection) -> None:
    made = maps.create(config_map("a", {"x": "1"}), fieldManager="named").ok()
    assert managers(made) == {("named", "Update")}


def test_two_managers_may_each_own_a_container(space: Space) -> None:
    deployments = space.of(DEPLOYMENTS)
    main = {"name": "main", "image": "registry.example/main:1"}
    side = {"name": "side", "image": "registry.example/side:1"}
    deployments.apply(pods_of("web", main), "first").ok()
    after = deployments.apply(pods_of("web", side), "second").ok()
    found = after["spec"]["template"]["spec"]["containers"]
    assert {each["name"] for each in found} == {"main", "side"}
    fields = owned(after, "second")["f:spec"]["f:template"]["f:spec"]["f:containers"]
    assert list(fields) == ['k:{"name":"side"}']


def test_a_container_that_is_no_longer_applied_is_removed(space: Space) -> None:
    deployments = space.of(DEPLOYMENTS)
    main = {"name": "main", "image": "registry.example/main:1"}
    side = {"name": "side", "image": "registry.example/side:1"}
    deployments.apply(pods_of("web", main, side), "me").ok()
    after = deployments.apply(pods_of("web", main), "me").ok()
    found = after["spec"]["template"]["spec"]["containers"]
    assert [each["name"] for each in found] == ["main"]


def test_a_key_that_is_left_out_has_its_default(space: Space) -> None:
    deployments = space.of(DEPLOYMENTS)
    main = {"name": "main", "image": "registry.example/main:1"}
    first = pods_of("web", {**main, "ports": [{"containerPort": 80}]})
    made = deployments.apply(first, "me").ok()

    def changes_nothing() -> bool:
        before = deployments.read("web").ok()
        again = deployments.apply(first, "me").ok()
        assert again["spec"] == made["spec"]
        return bool(again == before)

    eventually(changes_nothing)  # a controller, where there is one, writes the status meanwhile
    spec = owned(made, "me")["f:spec"]["f:template"]["f:spec"]
    ports = spec["f:containers"]['k:{"name":"main"}']["f:ports"]
    assert list(ports) == ['k:{"containerPort":80,"protocol":"TCP"}']
    second = pods_of("web", {**main, "ports": [{"containerPort": 81, "protocol": "TCP"}]})
    (container,) = deployments.apply(second, "me").ok()["spec"]["template"]["spec"]["containers"]
    assert [port["containerPort"] for port in container["ports"]] == [81]


def test_conditions_are_merged_by_their_type(space: Space) -> None:
    pods = space.of(PODS)
    pods.create(pod("a")).ok()
    for number, manager in enumerate(("first", "second")):
        condition = {"type": f"example.com/{manager}", "status": "True", "reason": str(number)}
        body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "a"}}
        pods.apply({**body, "status": {"conditions": [condition]}}, manager, "status").ok()
    found = pods.read("a").ok()["status"]["conditions"]
    types = {each["type"] for each in found if each["type"].startswith("example.com/")}
    assert types == {"example.com/first", "example.com/second"}


def test_an_atomic_list_has_one_owner(space: Space) -> None:
    ingresses = space.of(INGRESSES)
    ingresses.apply(ingress("web", "a.example"), "first").ok()
    found = ingresses.apply(ingress("web", "b.example"), "second").failed(409, "Conflict")
    assert [cause["field"] for cause in found["details"]["causes"]] == [".spec.rules"]


def test_a_set_holds_what_every_manager_put_in(maps: Collection) -> None:
    maps.apply(config_map("a", finalizers=["example.com/x"]), "first").ok()
    after = maps.apply(config_map("a", finalizers=["example.com/y"]), "second").ok()
    assert set(after["metadata"]["finalizers"]) == {"example.com/x", "example.com/y"}
    maps.patch("a", {"metadata": {"finalizers": None}}).ok()


def test_a_status_is_applied_and_owned_on_its_own(space: Space) -> None:
    ingresses = space.of(INGRESSES)
    ingresses.apply(ingress("web"), "me").ok()
    status = {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "Ingress",
        "metadata": {"name": "web"},
        "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}},
    }
    after = ingresses.apply(status, "controller", "status").ok()
    assert after["status"]["loadBalancer"]["ingress"] == [{"ip": "192.0.2.1"}]
    assert "f:status" in owned(after, "controller", "status")
    assert "f:spec" in owned(after, "me")


def test_a_status_of_what_does_not_exist_cannot_be_applied(space: Space) -> None:
    answer = space.of(INGRESSES).apply(ingress("nobody"), "controller", "status")
    answer.failed(404, "NotFound")


def test_a_body_may_be_yaml(maps: Collection) -> None:
    body = b"apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: a\ndata:\n  x: '1'\n"
    after = maps.patch("a", body, "apply", fieldManager="me").ok()
    assert after["data"] == {"x": "1"}


def test_a_manager_must_be_named(maps: Collection) -> None:
    maps.patch("a", config_map("a"), "apply").invalid("fieldManager")


def test_force_is_for_apply_alone(maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    maps.patch("a", {"data": {"x": "1"}}, force="true").invalid("force")


def test_managed_fields_cannot_be_applied(maps: Collection) -> None:
    item = config_map("a", managedFields=[{"manager": "x", "operation": "Apply"}])
    found = maps.apply(item, "me").failed(400, "BadRequest")
    assert "managedFields" in found["message"]


def test_an_applied_body_says_what_it_is(maps: Collection) -> None:
    answer = maps.patch("a", {"metadata": {"name": "a"}}, "apply", fieldManager="me")
    assert answer.status in (400, 422)
    assert answer.json()["kind"] == "Status"


def test_applying_to_an_older_resource_version_is_a_conflict(maps: Collection) -> None:
    made = maps.apply(config_map("a", {"x": "1"}), "me").ok()
    maps.apply(config_map("a", {"x": "2"}), "me").ok()
    stale = config_map("a", {"x": "3"}, resourceVersion=made["metadata"]["resourceVersion"])
    maps.apply(stale, "me").failed(409, "Conflict")


def test_managed_fields_can_be_reset(maps: Collection) -> None:
    maps.apply(config_map("a", {"x": "1"}), "first").ok()
    maps.patch("a", {"metadata": {"managedFields": [{}]}}).ok()
    assert "managedFields" not in maps.read("a").ok()["metadata"]
