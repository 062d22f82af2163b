"""Custom resources as controller-gen defines them, and errors in the real server's words."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Space
from tests.contract.resources import CRDS, Resource
from tests.contract.waiting import eventually

GADGET: dict[str, Any] = {
    "type": "object",
    "properties": {
        "apiVersion": {"type": "string"},
        "kind": {"type": "string"},
        "metadata": {"type": "object"},
        "spec": {
            "type": "object",
            "properties": {
                "x": {"type": "integer"},
                "s": {"type": "string"},
                "l": {"type": "array", "items": {"type": "string"}},
                "b": {"type": "boolean"},
                "o": {"type": "object", "properties": {"n": {"type": "number"}}},
            },
        },
        "status": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
    },
}


def definition(group: str, schema: dict[str, Any]) -> dict[str, Any]:
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": schema},
    }
    return {
        "metadata": {"name": f"gadgets.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": {"plural": "gadgets", "kind": "Gadget"},
            "versions": [version],
        },
    }


@pytest.fixture
def group(unique: str) -> str:
    return f"{unique}.example.com"


@pytest.fixture
def gadgets(api: Api, space: Space, group: str) -> Iterator[Collection]:
    api.of(CRDS).create(definition(group, GADGET)).ok()
    found = space.of(Resource(f"/apis/{group}/v1", "gadgets", "Gadget"))
    eventually(lambda: found.list().status == 200)
    yield found
    api.of(CRDS).delete(f"gadgets.{group}").ok()


def gadget(gadgets: Collection, name: str = "a", **more: Any) -> dict[str, Any]:
    version = gadgets.resource.api_version
    return {"apiVersion": version, "kind": "Gadget", "metadata": {"name": name}, **more}


def test_a_new_definition_is_established_a_moment_later(api: Api, group: str) -> None:
    definitions = api.of(CRDS)
    made = definitions.create(definition(group, GADGET)).ok()
    assert made["status"]["conditions"] is None
    assert made["status"]["acceptedNames"] == {"plural": "", "kind": ""}

    def established() -> bool:
        found = definitions.read(f"gadgets.{group}").ok()["status"]
        conditions = {item["type"]: item["status"] for item in found["conditions"] or ()}
        return conditions == {"NamesAccepted": "True", "Established": "True"}

    eventually(established)
    definitions.delete(f"gadgets.{group}").ok()


@pytest.mark.parametrize("labels", [{"l": "m"}, {}])
def test_a_schema_of_bare_metadata_keeps_the_metadata(
    gadgets: Collection, labels: dict[str, str]
) -> None:
    metadata = {"name": "a", "labels": labels, "annotations": {"a": "b"}, "finalizers": ["x.y/z"]}
    made = gadgets.create({**gadget(gadgets), "metadata": metadata, "spec": {"x": 1}}).ok()
    assert made["metadata"]["name"] == "a"
    assert made["metadata"].get("labels", {}) == labels
    assert made["metadata"]["finalizers"] == ["x.y/z"]
    assert gadgets.create(gadget(gadgets, "b", spec={"x": 2})).ok()["spec"] == {"x": 2}
    gadgets.patch("a", {"metadata": {"finalizers": None}}).ok()


def test_a_schema_may_demand_more_of_the_name(api: Api, space: Space, group: str) -> None:
    name = {"type": "object", "properties": {"name": {"type": "string", "maxLength": 3}}}
    schema = {**GADGET, "properties": {**GADGET["properties"], "metadata": name}}
    api.of(CRDS).create(definition(group, schema)).ok()
    found = space.of(Resource(f"/apis/{group}/v1", "gadgets", "Gadget"))
    eventually(lambda: found.list().status == 200)
    made = found.create(gadget(found, "abc", metadata={"name": "abc", "labels": {"l": "m"}})).ok()
    assert made["metadata"]["labels"] == {"l": "m"}
    api.of(CRDS).delete(f"gadgets.{group}").ok()


@pytest.mark.parametrize(
    ("field", "value", "expected", "found"),
    [
        ("x", "text", "integer", "string"),
        ("x", 1.5, "integer", "number"),
        ("x", True, "integer", "boolean"),
        ("x", [1], "integer", "array"),
        ("s", 1, "string", "integer"),
        ("l", "text", "array", "string"),
        ("b", "true", "boolean", "string"),
        ("o", 7, "object", "integer"),
    ],
)
def test_a_value_of_the_wrong_type_is_shown_as_its_type(
    gadgets: Collection, field: str, value: object, expected: str, found: str
) -> None:
    said = gadgets.create(gadget(gadgets, spec={field: value})).invalid(f"spec.{field}")
    assert said["details"]["causes"][0]["message"] == (
        f'Invalid value: "{found}": spec.{field} in body must be of type {expected}: "{found}"'
    )


def test_unknown_fields_are_named_with_the_kind(gadgets: Collection) -> None:
    wrong = gadget(gadgets, spec={"y": 1, "x": 1, "q": {"r": 1}}, top=1)
    begun = 'Gadget in version "v1" cannot be handled as a Gadget: strict decoding error: '
    said = gadgets.create(wrong, fieldValidation="Strict").failed(400, "BadRequest")
    assert said["message"] == (
        f'{begun}unknown field "spec.q", unknown field "spec.y", unknown field "top"'
    )
    made = gadgets.create(gadget(gadgets, spec={"x": 1})).ok()
    wrong["metadata"]["resourceVersion"] = made["metadata"]["resourceVersion"]
    said = gadgets.replace(wrong, fieldValidation="Strict").failed(400, "BadRequest")
    assert said["message"].startswith(begun)


def test_a_patch_does_not_make_another_kind_of_a_custom_object(gadgets: Collection) -> None:
    made = gadgets.create(gadget(gadgets, spec={"x": 1})).ok()
    group = gadgets.resource.api_version.partition("/")[0]
    gone = gadgets.patch("a", {"kind": None}).failed(422, "Invalid")
    assert "Object 'Kind' is missing in '{" in gone["message"]
    gone = gadgets.patch("a", {"apiVersion": None}).failed(500, "InternalError")
    assert gone["message"].startswith("Internal error occurred: Object 'apiVersion' is missing")
    other = gadgets.patch("a", {"kind": "Other"}).failed(422, "Invalid")
    assert other["message"] == (
        f'Other.{group} "a" is invalid: kind: Invalid value: "Other": must be Gadget'
    )
    other = gadgets.patch("a", {"apiVersion": "other/v1"}).failed(422, "Invalid")
    assert other["message"].endswith(
        f'apiVersion: Invalid value: "other/v1": must be {gadgets.resource.api_version}'
    )
    assert gadgets.read("a").ok() == made


def test_a_change_of_the_status_changes_nothing_else_of_a_custom_object(
    gadgets: Collection,
) -> None:
    gadgets.create(gadget(gadgets, spec={"x": 1})).ok()
    change = {"metadata": {"annotations": {"a": "b"}}, "spec": {"x": 2}, "status": {"seen": True}}
    changed = gadgets.patch("a", change, subresource="status").ok()
    assert (changed["spec"], changed["status"]) == ({"x": 1}, {"seen": True})
    assert "annotations" not in changed["metadata"]


def test_a_default_that_comes_later_is_read_of_what_was_there(
    api: Api, gadgets: Collection, group: str
) -> None:
    made = gadgets.create(gadget(gadgets, spec={"x": 1})).ok()
    found = api.of(CRDS).read(f"gadgets.{group}").ok()
    spec = found["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]
    spec["properties"]["later"] = {"type": "string", "default": "yes"}
    api.of(CRDS).replace(found).ok()
    eventually(lambda: gadgets.read("a").ok()["spec"] == {"x": 1, "later": "yes"})
    assert (
        gadgets.read("a").ok()["metadata"]["resourceVersion"] == made["metadata"]["resourceVersion"]
    )


def test_custom_resources_have_no_protobuf(gadgets: Collection) -> None:
    gadgets.create(gadget(gadgets, spec={"x": 1})).ok()
    accept = "application/vnd.kubernetes.protobuf"
    assert gadgets.api.get(gadgets.path("a"), accept=accept).status == 406
    both = gadgets.api.get(gadgets.path("a"), accept=f"{accept},application/json")
    assert both.ok()["spec"] == {"x": 1}
