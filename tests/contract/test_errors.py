"""Every failure is a Status object with the right code, reason and details."""

from __future__ import annotations

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Space
from tests.contract.objects import Object, config_map, deployment, ingress, service
from tests.contract.resources import CONFIG_MAPS, DEPLOYMENTS, INGRESSES, NAMESPACES, SERVICES


def test_not_found_names_the_resource_and_the_object(space: Space) -> None:
    found = space.of(INGRESSES).read("nobody").failed(404, "NotFound")
    assert found["message"] == 'ingresses.networking.k8s.io "nobody" not found'
    wanted = {"name": "nobody", "group": "networking.k8s.io", "kind": "ingresses"}
    assert found["details"] == wanted


def test_the_core_group_is_not_written_out(maps: Collection) -> None:
    found = maps.read("nobody").failed(404, "NotFound")
    assert found["message"] == 'configmaps "nobody" not found'
    assert found["details"] == {"name": "nobody", "kind": "configmaps"}


def test_creating_twice_already_exists(maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    found = maps.create(config_map("a")).failed(409, "AlreadyExists")
    assert found["message"] == 'configmaps "a" already exists'
    assert found["details"] == {"name": "a", "kind": "configmaps"}


def test_a_conflict_names_the_object(maps: Collection) -> None:
    made = maps.create(config_map("a")).ok()
    maps.patch("a", {"data": {"x": "1"}}).ok()
    found = maps.replace({**made, "data": {}}).failed(409, "Conflict")
    assert found["details"] == {"name": "a", "kind": "configmaps"}


def test_a_body_that_is_no_json_is_a_bad_request(maps: Collection) -> None:
    maps.create(b'{"metadata": ').failed(400, "BadRequest")


def test_an_empty_body_is_a_bad_request(maps: Collection) -> None:
    maps.create(b"").failed(400, "BadRequest")


def test_a_body_of_another_kind_is_a_bad_request(maps: Collection) -> None:
    found = maps.create({**config_map("a"), "kind": "Secret"}).failed(400, "BadRequest")
    assert "Secret" in found["message"]


def test_a_body_of_another_version_is_a_bad_request(maps: Collection) -> None:
    maps.create({**config_map("a"), "apiVersion": "apps/v1"}).failed(400, "BadRequest")


@pytest.mark.parametrize("type_", ["text/plain", "application/xml"])
def test_a_body_of_an_unknown_type_is_unsupported(maps: Collection, type_: str) -> None:
    answer = maps.api.request("POST", maps.path(), b"x", headers={"Content-Type": type_})
    answer.failed(415, "UnsupportedMediaType")


def test_a_body_that_is_too_large_is_refused(maps: Collection) -> None:
    answer = maps.create(config_map("a", {"x": "y" * (4 * 1024 * 1024)}))
    answer.failed(413, "RequestEntityTooLarge")


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", CONFIG_MAPS.path("default", "name")),
        ("PUT", CONFIG_MAPS.path("default")),
        ("PATCH", CONFIG_MAPS.path("default")),
        ("POST", CONFIG_MAPS.path()),
        ("DELETE", NAMESPACES.path()),
    ],
)
def test_a_method_that_a_path_does_not_have_is_not_allowed(
    api: Api, method: str, path: str
) -> None:
    api.request(method, path, {}).failed(405, "MethodNotAllowed")


# --- what is invalid ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["Upper", "under_score", "-dash", "dash-", "a..b", "x" * 254])
def test_a_name_must_be_a_dns_name(maps: Collection, name: str) -> None:
    found = maps.create(config_map(name)).invalid("metadata.name")
    assert found["details"]["name"] == name
    assert found["details"]["kind"] == "ConfigMap"
    assert f'ConfigMap "{name}" is invalid: metadata.name: Invalid value' in found["message"]


def test_an_object_needs_a_name(maps: Collection) -> None:
    found = maps.create({"metadata": {}, "data": {}}).invalid("metadata.name")
    assert "name or generateName is required" in found["message"]


@pytest.mark.parametrize(
    "labels",
    [
        {"a b": "x"},
        {"a": "x y"},
        {"a": "-x"},
        {"a": "x" * 64},
        {"/a": "x"},
        {"UP.example/a/b": "x"},
    ],
)
def test_labels_have_a_grammar(maps: Collection, labels: dict[str, str]) -> None:
    maps.create(config_map("a", labels=labels)).invalid("metadata.labels")


def test_an_annotation_key_has_a_grammar(maps: Collection) -> None:
    maps.create(config_map("a", annotations={"a b": "x"})).invalid("metadata.annotations")


def test_every_cause_is_told_at_once(maps: Collection) -> None:
    item = config_map("Upper", labels={"a": "x y"}, annotations={"a b": "x"})
    maps.create(item).invalid("metadata.name", "metadata.labels", "metadata.annotations")


def test_a_label_is_a_string(maps: Collection) -> None:
    maps.create(config_map("a", labels={"number": 1})).failed(400, "BadRequest")


def test_an_update_is_held_to_the_same_rules(maps: Collection) -> None:
    maps.create(config_map("a")).ok()
    patch = {"metadata": {"labels": {"a": "x y"}}}
    maps.patch("a", patch).invalid("metadata.labels")


def test_a_key_of_a_config_map_has_a_grammar(maps: Collection) -> None:
    maps.create(config_map("a", {"no spaces": "x"})).invalid("data[no spaces]")


def test_an_immutable_config_map_stays_as_it_is(maps: Collection) -> None:
    maps.create({**config_map("a", {"x": "1"}), "immutable": True}).ok()
    maps.patch("a", {"data": {"x": "2"}}).invalid("data")
    maps.patch("a", {"metadata": {"labels": {"may": "change"}}}).ok()


def without(item: Object, *path: str) -> Object:
    """The object less the field at this path (everything above it is copied)."""
    first, *rest = path
    if not rest:
        return {key: value for key, value in item.items() if key != first}
    return {**item, first: without(item[first], *rest)}


def test_a_deployment_needs_a_selector(space: Space) -> None:
    item = without(deployment("web"), "spec", "selector")
    space.of(DEPLOYMENTS).create(item).invalid("spec.selector")


def test_a_deployment_selects_its_own_pods(space: Space) -> None:
    item = deployment("web")
    item["spec"]["selector"] = {"matchLabels": {"app": "another"}}
    space.of(DEPLOYMENTS).create(item).invalid("spec.template.metadata.labels")


def test_the_selector_of_a_deployment_is_immutable(space: Space) -> None:
    deployments = space.of(DEPLOYMENTS)
    deployments.create(deployment("web")).ok()
    labels = {"app": "other"}
    change = {
        "spec": {
            "selector": {"matchLabels": labels},
            "template": {"metadata": {"labels": labels}},
        }
    }
    deployments.patch("web", change).invalid("spec.selector")


def test_a_workload_cannot_have_fewer_than_no_replicas(space: Space) -> None:
    space.of(DEPLOYMENTS).create(deployment("web", replicas=-1)).invalid("spec.replicas")


def test_a_container_needs_a_name(space: Space) -> None:
    item = deployment("web")
    item["spec"]["template"]["spec"]["containers"] = [{"image": "registry.example/nameless:1"}]
    where = "spec.template.spec.containers[0].name"
    space.of(DEPLOYMENTS).create(item).invalid(where)


def test_a_service_needs_ports(space: Space) -> None:
    space.of(SERVICES).create(without(service("web"), "spec", "ports")).invalid("spec.ports")


def test_a_path_of_an_ingress_needs_a_type(space: Space) -> None:
    item = ingress("web")
    del item["spec"]["rules"][0]["http"]["paths"][0]["pathType"]
    where = "spec.rules[0].http.paths[0].pathType"
    space.of(INGRESSES).create(item).invalid(where)


def test_a_value_of_the_wrong_type_is_a_bad_request(space: Space) -> None:
    item = deployment("web")
    item["spec"]["replicas"] = "three"
    space.of(DEPLOYMENTS).create(item).failed(400, "BadRequest")


# --- fields nobody knows --------------------------------------------------------------------------


def test_an_unknown_field_is_an_error_for_those_who_ask_for_strictness(space: Space) -> None:
    item = deployment("web")
    item["spec"]["replicsa"] = 3
    answer = space.of(DEPLOYMENTS).create(item, fieldValidation="Strict")
    found = answer.failed(400, "BadRequest")
    assert 'unknown field "spec.replicsa"' in found["message"]


TWICE = b"""{"kind": "Deployment", "apiVersion": "apps/v1", "metadata": {"name": "web"},
"spec": {"paused": true, "paused": false, "odd": 1, "odd": 2,
"selector": {"matchLabels": {"a": "b"}},
"template": {"metadata": {"labels": {"a": "b"}}, "spec": {"containers": [
{"name": "c", "image": "r/i:1", "imagePullPolicy": "Always", "imagePullPolicy": "Never"}
]}}}}"""
NESTED = "spec.template.spec.containers[0].imagePullPolicy"


def test_a_field_given_twice_is_an_error_for_those_who_ask_for_strictness(space: Space) -> None:
    deployments = space.of(DEPLOYMENTS)
    found = deployments.create(TWICE, fieldValidation="Strict").failed(400, "BadRequest")
    begun = 'Deployment in version "v1" cannot be handled as a Deployment: strict decoding error: '
    assert found["message"].startswith(begun)
    assert 'duplicate field "spec.paused"' in found["message"]
    assert f'duplicate field "{NESTED}"' in found["message"]
    assert found["message"].count("spec.odd") == 1  # it is unknown, and that is all of it
    assert not deployments.exists("web")


def test_what_is_wrong_is_told_in_the_order_of_the_document(space: Space) -> None:
    body = (
        b'{"odd":1,"kind":"Deployment","apiVersion":"apps/v1","metadata":{"name":"a","name":"a"},'
        b'"spec":{"b":1,"paused":true,"c":{"d":1},"paused":true,"replicas":1,"replicas":1,"e":1}}'
    )
    found = space.of(DEPLOYMENTS).create(body, fieldValidation="Strict").failed(400, "BadRequest")
    said = found["message"].partition("strict decoding error: ")[2]
    assert said == (
        'unknown field "odd", duplicate field "metadata.name", unknown field "spec.b", '
        'unknown field "spec.c", duplicate field "spec.paused", duplicate field "spec.replicas", '
        'unknown field "spec.e"'
    )


def test_a_field_given_twice_is_warned_of_otherwise_and_the_last_counts(space: Space) -> None:
    answer = space.of(DEPLOYMENTS).create(TWICE)
    warned = answer.headers.get("Warning", "")
    assert 'duplicate field \\"spec.paused\\"' in warned
    containers = answer.ok()["spec"]["template"]["spec"]["containers"]
    assert containers[0]["imagePullPolicy"] == "Never"


def test_a_field_given_twice_can_be_ignored_in_silence(space: Space) -> None:
    answer = space.of(DEPLOYMENTS).create(TWICE, fieldValidation="Ignore")
    assert "Warning" not in answer.headers
    assert answer.ok()


@pytest.mark.parametrize("kind", ["merge", "strategic"])
def test_a_patch_that_says_something_twice_is_invalid_for_those_who_are_strict(
    space: Space, kind: str
) -> None:
    deployments = space.of(DEPLOYMENTS)
    deployments.create(deployment("web")).ok()
    patch = b'{"spec": {"paused": true, "paused": false}}'
    found = deployments.patch("web", patch, kind, fieldValidation="Strict").failed(422, "Invalid")
    assert 'strict decoding error: duplicate field "spec.paused"' in found["message"]
    assert "paused" not in deployments.read("web").ok()["spec"]
    assert "duplicate field" in deployments.patch("web", patch, kind).headers.get("Warning", "")


def test_an_applied_field_that_is_there_twice_names_its_line(space: Space) -> None:
    text = b"kind: ConfigMap\napiVersion: v1\nmetadata: {name: a}\ndata:\n  x: one\n  x: two\n"
    maps = space.of(CONFIG_MAPS)
    strict = maps.patch("a", text, "apply", fieldManager="me", fieldValidation="Strict")
    found = strict.failed(400, "BadRequest")
    assert 'line 6: key "x" already set in map' in found["message"]
    answer = maps.patch("a", text, "apply", fieldManager="me")
    assert 'line 6: key \\"x\\" already set in map' in answer.headers.get("Warning", "")


def test_an_unknown_field_is_warned_of_and_dropped_otherwise(space: Space) -> None:
    item = deployment("web")
    item["spec"]["replicsa"] = 3
    answer = space.of(DEPLOYMENTS).create(item)
    assert 'unknown field \\"spec.replicsa\\"' in answer.headers.get("Warning", "")
    assert "replicsa" not in answer.ok()["spec"]


def test_an_unknown_field_can_be_ignored_in_silence(space: Space) -> None:
    item = deployment("web")
    item["spec"]["replicsa"] = 3
    answer = space.of(DEPLOYMENTS).create(item, fieldValidation="Ignore")
    assert "Warning" not in answer.headers
    assert "replicsa" not in answer.ok()["spec"]
