"""Server-side apply where a list or a mapping has one owner, and of what no kind has."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract.client import Collection
from tests.contract.conftest import Space
from tests.contract.objects import IMAGE, Object, config_map, deployment, ingress, owned_by, service
from tests.contract.resources import CONFIG_MAPS, DEPLOYMENTS, INGRESSES, SERVICE_ACCOUNTS, SERVICES


def typed(kind: str, version: str, **fields: Any) -> Object:
    return {"apiVersion": version, "kind": kind, "metadata": {"name": "a"}, **fields}


def pod_spec(**fields: Any) -> Object:
    container = {"name": "main", "image": IMAGE, **fields.pop("container", {})}
    item = deployment("a")
    item["spec"]["template"]["spec"] = {"containers": [container], **fields}
    return item


def key_ref(name: str) -> Object:
    reference = {"name": name, "key": "k"}
    env = [{"name": "A", "valueFrom": {"secretKeyRef": reference}}]
    return pod_spec(container={"env": env})


def selected(**selector: str) -> Object:
    item = service("a")
    item["spec"]["selector"] = selector
    return item


def accounts(*names: str) -> Object:
    return typed("ServiceAccount", "v1", imagePullSecrets=[{"name": name} for name in names])


TEMPLATE = ".spec.template.spec"
ONE_OWNER = {
    "the selector of a service": (
        *(SERVICES, selected(a="1"), selected(b="2")),
        ".spec.selector",
    ),
    "the node selector of pods": (
        DEPLOYMENTS,
        pod_spec(nodeSelector={"a": "1"}),
        pod_spec(nodeSelector={"b": "2"}),
        f"{TEMPLATE}.nodeSelector",
    ),
    "a reference to a key": (
        *(DEPLOYMENTS, key_ref("one"), key_ref("two")),
        f'{TEMPLATE}.containers[name="main"].env[name="A"].valueFrom.secretKeyRef',
    ),
    "the pull secrets of an account": (
        *(SERVICE_ACCOUNTS, accounts("one"), accounts("two")),
        ".imagePullSecrets",
    ),
    "tolerations": (
        DEPLOYMENTS,
        pod_spec(tolerations=[{"key": "a", "operator": "Exists"}]),
        pod_spec(tolerations=[{"key": "b", "operator": "Exists"}]),
        f"{TEMPLATE}.tolerations",
    ),
    "a field reference": (
        DEPLOYMENTS,
        *(
            pod_spec(
                container={"env": [{"name": "A", "valueFrom": {"fieldRef": {"fieldPath": path}}}]}
            )
            for path in ("metadata.name", "metadata.namespace")
        ),
        f'{TEMPLATE}.containers[name="main"].env[name="A"].valueFrom.fieldRef',
    ),
    "the backend of an ingress": (
        *(INGRESSES, ingress("a", service="one"), ingress("a", service="two")),
        ".spec.rules",
    ),
}


@pytest.mark.parametrize(
    ("resource", "first", "second", "field"), ONE_OWNER.values(), ids=ONE_OWNER.keys()
)
def test_what_is_atomic_has_one_owner(
    space: Space, resource: Any, first: Object, second: Object, field: str
) -> None:
    items = space.of(resource)
    items.apply(first, "first").ok()
    found = items.apply(second, "second").failed(409, "Conflict")
    assert [cause["field"] for cause in found["details"]["causes"]] == [field]
    assert 'conflict with "first"' in found["message"]


def test_force_replaces_what_is_atomic(space: Space) -> None:
    services = space.of(SERVICES)
    services.apply(selected(a="1", b="2"), "first").ok()
    after = services.apply(selected(b="2", c="3"), "second", force="true").ok()
    assert after["spec"]["selector"] == {"b": "2", "c": "3"}


def test_what_is_atomic_is_owned_whole(space: Space) -> None:
    made = space.of(SERVICES).apply(selected(a="1"), "first").ok()
    (entry,) = made["metadata"]["managedFields"]
    assert entry["fieldsV1"]["f:spec"]["f:selector"] == {}


def test_two_managers_own_an_owner_each(maps: Collection) -> None:
    maps.apply(config_map("a"), "first").ok()
    owners = [maps.apply(config_map(name), "first").ok() for name in ("one", "two")]
    for manager, owner in zip(("first", "second"), owned_by(*owners), strict=True):
        maps.apply(config_map("a", ownerReferences=[owner]), manager).ok()
    assert len(maps.read("a").ok()["metadata"]["ownerReferences"]) == 2
    other = {**owned_by(owners[0])[0], "name": "another"}
    refused = maps.apply(config_map("a", ownerReferences=[other]), "third").failed(409, "Conflict")
    (cause,) = refused["details"]["causes"]
    assert cause["field"] == f'.metadata.ownerReferences[uid="{other["uid"]}"]'


def test_an_empty_keyed_list_is_owned_by_nobody(space: Space) -> None:
    made = space.of(DEPLOYMENTS).apply(pod_spec(container={"env": []}), "first").ok()
    (entry,) = made["metadata"]["managedFields"]
    spec = entry["fieldsV1"]["f:spec"]["f:template"]["f:spec"]
    assert "f:env" not in spec["f:containers"]['k:{"name":"main"}']


def test_an_empty_mapping_is_owned(space: Space) -> None:
    volumes = [{"name": "scratch", "emptyDir": {}}]
    made = space.of(DEPLOYMENTS).apply(pod_spec(volumes=volumes), "first").ok()
    (entry,) = made["metadata"]["managedFields"]
    spec = entry["fieldsV1"]["f:spec"]["f:template"]["f:spec"]
    assert spec["f:volumes"]['k:{"name":"scratch"}']["f:emptyDir"] == {}


@pytest.mark.parametrize(
    ("container", "said"),
    [
        ({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]}, '[name="A"]'),
        (
            {"ports": [{"containerPort": 80}, {"containerPort": 80, "protocol": "TCP"}]},
            '[containerPort=80,protocol="TCP"]',
        ),
        (
            {"volumeMounts": [{"mountPath": "/a", "name": "x"}, {"mountPath": "/a", "name": "y"}]},
            '[mountPath="/a"]',
        ),
    ],
)
def test_items_with_the_same_keys_are_refused(space: Space, container: Object, said: str) -> None:
    answer = space.of(DEPLOYMENTS).apply(pod_spec(container=container), "first")
    assert answer.status == 500
    assert f"duplicate entries for key {said}" in answer.json()["message"]
    assert not space.of(DEPLOYMENTS).exists("a")


@pytest.mark.parametrize("validation", ["Ignore", "Warn", "Strict"])
@pytest.mark.parametrize(
    ("item", "path"),
    [
        (pod_spec(container={"imagee": "x"}), f'{TEMPLATE}.containers[name="main"].imagee'),
        (pod_spec(nodeSelectors={}), f"{TEMPLATE}.nodeSelectors"),
        (config_map("a", lables={}), ".metadata.lables"),
    ],
)
def test_unknown_fields_cannot_be_applied(
    space: Space, item: Object, path: str, validation: str
) -> None:
    items = space.of(DEPLOYMENTS if item["kind"] == "Deployment" else CONFIG_MAPS)
    answer = items.apply(item, "first", fieldValidation=validation)
    assert answer.status == 500
    found = answer.json()["message"]
    assert found.startswith("failed to create typed patch object (")
    assert found.endswith(f"{path}: field not declared in schema")


def test_a_value_of_the_wrong_type_cannot_be_applied(space: Space) -> None:
    item = deployment("a")
    item["spec"]["replicas"] = "three"
    answer = space.of(DEPLOYMENTS).apply(item, "first")
    assert answer.status == 500
    assert ".spec.replicas: expected numeric (int or float), got string" in answer.json()["message"]


def with_containers(*names: str) -> Object:
    item = deployment("a")
    containers = [{"name": name, "image": IMAGE} for name in names]
    item["spec"]["template"]["spec"]["containers"] = containers
    return item


def names(item: Object) -> str:
    return "".join(each["name"] for each in item["spec"]["template"]["spec"]["containers"])


def test_items_are_in_the_order_in_which_they_are_applied(space: Space) -> None:
    deployments = space.of(DEPLOYMENTS)
    assert names(deployments.apply(with_containers(*"abc"), "first").ok()) == "abc"
    assert names(deployments.apply(with_containers(*"cab"), "first").ok()) == "cab"


def test_items_of_others_stay_between_those_that_are_applied(space: Space) -> None:
    deployments = space.of(DEPLOYMENTS)
    deployments.apply(with_containers(*"abcd"), "first").ok()
    assert names(deployments.apply(with_containers(*"dxb"), "second").ok()) == "acdxb"


def test_a_new_object_of_a_post_owns_mappings_besides_their_keys(space: Space) -> None:
    item = pod_spec(container={"env": [{"name": "A", "value": "1"}]})
    made = space.of(DEPLOYMENTS).create({**item, "metadata": {"name": "a", "labels": {"l": "v"}}})
    (entry,) = [e for e in made.ok()["metadata"]["managedFields"] if not e.get("subresource")][:1]
    owned = entry["fieldsV1"]
    assert owned["f:metadata"]["f:labels"] == {".": {}, "f:l": {}}
    assert owned["f:spec"]["f:selector"] == {}
    spec = owned["f:spec"]["f:template"]["f:spec"]
    container = spec["f:containers"]['k:{"name":"main"}']
    assert container["f:env"] == {
        ".": {},
        'k:{"name":"A"}': {".": {}, "f:name": {}, "f:value": {}},
    }
    assert "." not in spec["f:containers"]
    assert "." not in owned["f:spec"]["f:template"]


def test_the_status_is_not_owned_by_who_applies_the_object(space: Space) -> None:
    item = {**deployment("a"), "status": {"observedGeneration": 7}}
    made = space.of(DEPLOYMENTS).apply(item, "first").ok()
    (entry,) = [each for each in made["metadata"]["managedFields"] if each["manager"] == "first"]
    assert "f:status" not in entry["fieldsV1"]
    assert "observedGeneration" not in made["status"]


def test_appliers_come_before_updaters(maps: Collection) -> None:
    maps.create(config_map("a", {"x": "1"}), fieldManager="a-writer").ok()
    after = maps.apply(config_map("a", {"y": "1"}), "z-applier").ok()
    found = [(e["manager"], e["operation"]) for e in after["metadata"]["managedFields"]]
    assert found == [("z-applier", "Apply"), ("a-writer", "Update")]


def test_the_oldest_of_many_updaters_become_one(maps: Collection) -> None:
    maps.create(config_map("a", {"x0": "0"}), fieldManager="m0").ok()
    for number in range(1, 14):
        maps.patch("a", {"data": {f"x{number}": "1"}}, fieldManager=f"m{number}").ok()
    entries = maps.read("a").ok()["metadata"]["managedFields"]
    assert len(entries) == 10
    assert "ancient-changes" in {entry["manager"] for entry in entries}


def test_the_annotation_of_kubectl_follows_what_kubectl_applies(maps: Collection) -> None:
    name = "kubectl.kubernetes.io/last-applied-configuration"
    old = '{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"a"},"data":{"x":"1"}}'
    made = config_map("a", {"x": "1"}, annotations={name: old})
    maps.create(made, fieldManager="kubectl-client-side-apply").ok()
    after = maps.apply(config_map("a", {"x": "2"}), "kubectl").ok()
    assert after["data"] == {"x": "2"}
    assert '"x":"2"' in after["metadata"]["annotations"][name]
    maps.patch("a", {"data": {"x": "3"}}, fieldManager="somebody").ok()
    maps.apply(config_map("a", {"x": "2"}), "kubectl").failed(409, "Conflict")
