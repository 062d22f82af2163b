"""Custom resources: a CustomResourceDefinition makes an API, with a schema that holds."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Space
from tests.contract.objects import Object
from tests.contract.resources import CRDS, Resource
from tests.contract.waiting import eventually

SPEC_SCHEMA: Object = {
    "type": "object",
    "required": ["size"],
    "properties": {
        "size": {"type": "integer", "minimum": 1, "maximum": 10},
        "colour": {"type": "string", "enum": ["red", "blue"], "default": "red"},
        "label": {"type": "string", "pattern": "^[a-z]+$", "maxLength": 5},
        "replicas": {"type": "integer"},
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "port": {"x-kubernetes-int-or-string": True},
        "parts": {
            "type": "array",
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {"name": {"type": "string"}, "weight": {"type": "integer"}},
            },
        },
    },
}
STATUS_SCHEMA: Object = {
    "type": "object",
    "properties": {"phase": {"type": "string"}, "replicas": {"type": "integer"}},
}


def version(name: str, **changes: Any) -> Object:
    """A version with both subresources and a column for people."""
    properties = {"spec": SPEC_SCHEMA, "status": STATUS_SCHEMA}
    subresources = {
        "status": {},
        "scale": {"specReplicasPath": ".spec.replicas", "statusReplicasPath": ".status.replicas"},
    }
    return {
        "name": name,
        "served": True,
        "storage": name == "v1",
        "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}},
        "subresources": subresources,
        "selectableFields": [{"jsonPath": ".spec.colour"}],
        "additionalPrinterColumns": [
            {"name": "Size", "type": "integer", "jsonPath": ".spec.size"},
        ],
        **changes,
    }


def definition(group: str, *versions: Object, **spec: Any) -> Object:
    names = {
        "plural": "widgets",
        "singular": "widget",
        "kind": "Widget",
        "listKind": "WidgetList",
        "shortNames": ["wdg"],
        "categories": ["things"],
    }
    return {
        "apiVersion": "apiextensions.k8s.io/v1",
        "kind": "CustomResourceDefinition",
        "metadata": {"name": f"widgets.{group}"},
        "spec": {
            "group": group,
            "scope": "Namespaced",
            "names": names,
            "versions": list(versions) or [version("v1")],
            **spec,
        },
    }


def established(api: Api, crd: Object) -> bool:
    found = api.of(CRDS).read(crd["metadata"]["name"]).ok().get("status", {})
    conditions = {each["type"]: each["status"] for each in found.get("conditions") or ()}
    return conditions.get("Established") == conditions.get("NamesAccepted") == "True"


def define(api: Api, crd: Object) -> Resource:
    """Create a definition and wait until every version of it is served."""
    api.of(CRDS).create(crd).ok()
    eventually(lambda: established(api, crd))
    group = crd["spec"]["group"]
    served = [each["name"] for each in crd["spec"]["versions"] if each["served"]]
    paths = [f"/apis/{group}/{each}/widgets" for each in served]
    eventually(lambda: all(api.get(path).status == 200 for path in paths))
    namespaced = crd["spec"]["scope"] == "Namespaced"
    return Resource(f"/apis/{group}/v1", "widgets", "Widget", namespaced)


@pytest.fixture(scope="module")
def widget_type(api: Api) -> Iterator[Resource]:
    crd = definition(f"{secrets.token_hex(4)}.example.com")
    yield define(api, crd)
    api.of(CRDS).delete(crd["metadata"]["name"]).ok()


@pytest.fixture
def widgets(space: Space, widget_type: Resource) -> Collection:
    return space.of(widget_type)


@pytest.fixture
def group(api: Api, unique: str) -> Iterator[str]:
    """A group of the test's own; its definition is removed afterwards."""
    name = f"{unique}.example.com"
    yield name
    api.of(CRDS).delete(f"widgets.{name}")


def widget(
    widgets: Collection, name: str, *, metadata: Object | None = None, **spec: Any
) -> Object:
    return {
        "apiVersion": widgets.resource.api_version,
        "kind": "Widget",
        "metadata": {"name": name, **(metadata or {})},
        "spec": {"size": 1, **spec},
    }


# --- the definition -------------------------------------------------------------------------------


def test_a_definition_is_discovered(api: Api, widget_type: Resource) -> None:
    group, name = widget_type.api_version.split("/")
    found = api.get(f"/apis/{group}").ok()
    assert found["preferredVersion"]["version"] == name
    resources = {each["name"]: each for each in api.get(widget_type.root).ok()["resources"]}
    told = resources["widgets"]
    assert (told["kind"], told["singularName"], told["namespaced"]) == ("Widget", "widget", True)
    assert (told["shortNames"], told["categories"]) == (["wdg"], ["things"])
    assert set(resources) == {"widgets", "widgets/status", "widgets/scale"}


def test_the_names_that_were_accepted_are_in_the_status(api: Api, widget_type: Resource) -> None:
    group = widget_type.api_version.split("/")[0]
    status = api.of(CRDS).read(f"widgets.{group}").ok()["status"]
    assert status["acceptedNames"]["plural"] == "widgets"
    assert status["storedVersions"] == ["v1"]


def test_a_definition_is_named_for_what_it_defines(api: Api, group: str) -> None:
    crd = definition(group)
    crd["metadata"]["name"] = f"other.{group}"
    api.of(CRDS).create(crd).invalid("metadata.name")


def test_a_definition_needs_a_schema(api: Api, group: str) -> None:
    bare = {"name": "v1", "served": True, "storage": True}
    api.of(CRDS).create(definition(group, bare)).failed(422, "Invalid")


def test_exactly_one_version_is_stored(api: Api, group: str) -> None:
    two = definition(group, version("v1"), version("v2", storage=True))
    api.of(CRDS).create(two).invalid("spec.versions")


def test_without_its_definition_a_kind_is_gone_with_its_objects(
    api: Api, space: Space, group: str
) -> None:
    crd = definition(group)
    widgets = space.of(define(api, crd))
    widgets.create(widget(widgets, "a")).ok()
    api.of(CRDS).delete(crd["metadata"]["name"]).ok()
    eventually(lambda: not api.of(CRDS).exists(crd["metadata"]["name"]))
    eventually(lambda: widgets.list().status == 404)
    eventually(  # a real server shows it for a moment longer
        lambda: group not in [each["name"] for each in api.get("/apis").ok()["groups"]]
    )
    define(api, crd)
    assert widgets.names() == []


def test_a_version_that_is_not_served_is_not_found(api: Api, group: str) -> None:
    define(api, definition(group, version("v1"), version("v2", served=False)))
    assert api.get(f"/apis/{group}/v2/widgets").status == 404


def test_an_object_is_the_same_in_every_version(api: Api, space: Space, group: str) -> None:
    one = space.of(define(api, definition(group, version("v1"), version("v1beta1"))))
    other = space.of(Resource(f"/apis/{group}/v1beta1", "widgets", "Widget"))
    made = one.create(widget(one, "a")).ok()
    found = other.read("a").ok()
    assert found["apiVersion"] == f"{group}/v1beta1"
    assert (found["metadata"]["uid"], found["spec"]) == (made["metadata"]["uid"], made["spec"])


def test_a_kind_may_have_no_namespace(api: Api, group: str) -> None:
    widgets = api.of(define(api, definition(group, scope="Cluster")))
    widgets.create(widget(widgets, "a")).ok()
    assert widgets.names() == ["a"]
    assert "namespace" not in widgets.read("a").ok()["metadata"]


def test_a_kind_may_have_no_subresources(api: Api, space: Space, group: str) -> None:
    widgets = space.of(define(api, definition(group, version("v1", subresources={}))))
    made = widgets.create({**widget(widgets, "a"), "status": {"phase": "new"}}).ok()
    assert made["status"] == {"phase": "new"}
    assert widgets.read("a", "status").status == 404
    assert widgets.read("a", "scale").status == 404


# --- the objects ----------------------------------------------------------------------------------


def test_objects_are_created_read_listed_and_deleted(widgets: Collection) -> None:
    made = widgets.create(widget(widgets, "a")).ok()
    assert widgets.read("a").ok() == made
    found = widgets.list().ok()
    assert (found["kind"], found["apiVersion"]) == ("WidgetList", widgets.resource.api_version)
    assert found["items"] == [made]
    told = widgets.delete("a").ok()
    assert (told["status"], told["details"]["kind"]) == ("Success", "widgets")
    assert widgets.names() == []


def test_an_update_names_the_version_it_is_based_on(widgets: Collection) -> None:
    made = widgets.create(widget(widgets, "a")).ok()
    widgets.replace(widget(widgets, "a", size=2)).invalid("metadata.resourceVersion")
    made["spec"]["size"] = 2
    assert widgets.replace(made).ok()["metadata"]["generation"] == 2
    widgets.replace({**made, "spec": {"size": 3}}).failed(409, "Conflict")


def test_objects_are_watched(widgets: Collection) -> None:
    with widgets.watch(resourceVersion=widgets.list().ok()["metadata"]["resourceVersion"]) as watch:
        made = widgets.create(widget(widgets, "a")).ok()
        widgets.delete("a").ok()
        assert watch.next() == {"type": "ADDED", "object": made}
        assert watch.take(1) == [("DELETED", "a")]


def test_objects_are_selected_by_label_and_by_the_fields_of_the_definition(
    widgets: Collection,
) -> None:
    widgets.create(widget(widgets, "a", metadata={"labels": {"l": "v"}})).ok()
    widgets.create(widget(widgets, "b", colour="blue")).ok()
    assert widgets.names(labelSelector="l=v") == ["a"]
    assert widgets.names(fieldSelector="spec.colour=blue") == ["b"]
    assert widgets.names(fieldSelector="metadata.name=b") == ["b"]
    widgets.list(fieldSelector="spec.size=1").failed(400, "BadRequest")


def test_a_table_has_the_columns_of_the_definition(widgets: Collection) -> None:
    widgets.create(widget(widgets, "a", size=7)).ok()
    accept = "application/json;as=Table;v=v1;g=meta.k8s.io"
    table = widgets.api.get(widgets.path(), accept=accept).ok()
    assert [column["name"] for column in table["columnDefinitions"]] == ["Name", "Size"]
    assert [row["cells"] for row in table["rows"]] == [["a", 7]]


def test_merge_and_json_patches_apply(widgets: Collection) -> None:
    widgets.create(widget(widgets, "a")).ok()
    assert widgets.patch("a", {"spec": {"size": 2}}).ok()["spec"]["size"] == 2
    patch = [{"op": "replace", "path": "/spec/size", "value": 3}]
    assert widgets.patch("a", patch, "json").ok()["spec"]["size"] == 3


def test_a_strategic_patch_is_for_built_in_kinds(widgets: Collection) -> None:
    widgets.create(widget(widgets, "a")).ok()
    answer = widgets.patch("a", {"spec": {"size": 2}}, "strategic")
    answer.failed(415, "UnsupportedMediaType")


def test_server_side_apply_merges_by_the_keys_of_the_schema(widgets: Collection) -> None:
    first = widget(widgets, "a", parts=[{"name": "x", "weight": 1}])
    second = widget(widgets, "a", parts=[{"name": "y", "weight": 2}])
    widgets.apply(first, "first").ok()
    after = widgets.apply(second, "second").ok()
    assert {part["name"] for part in after["spec"]["parts"]} == {"x", "y"}
    clash = widget(widgets, "a", parts=[{"name": "x", "weight": 9}])
    found = widgets.apply(clash, "third").failed(409, "Conflict")
    assert [cause["field"] for cause in found["details"]["causes"]] == [
        '.spec.parts[name="x"].weight'
    ]


# --- the schema -----------------------------------------------------------------------------------


def test_a_default_is_filled_in(widgets: Collection) -> None:
    assert widgets.create(widget(widgets, "a")).ok()["spec"]["colour"] == "red"


def test_an_unknown_field_is_dropped(widgets: Collection) -> None:
    answer = widgets.create(widget(widgets, "a", unknown=1))
    assert 'unknown field \\"spec.unknown\\"' in answer.headers.get("Warning", "")
    assert "unknown" not in answer.ok()["spec"]


def test_an_unknown_field_is_an_error_for_those_who_ask_for_strictness(widgets: Collection) -> None:
    answer = widgets.create(widget(widgets, "a", unknown=1), fieldValidation="Strict")
    assert 'unknown field "spec.unknown"' in answer.failed(400, "BadRequest")["message"]
    assert not widgets.exists("a")


def test_an_unknown_field_stays_where_the_schema_lets_it(widgets: Collection) -> None:
    free = {"anything": {"goes": [1, 2]}}
    assert widgets.create(widget(widgets, "a", free=free)).ok()["spec"]["free"] == free


@pytest.mark.parametrize(
    ("spec", "field", "reason"),
    [
        ({"size": 0}, "spec.size", "FieldValueInvalid"),
        ({"size": 11}, "spec.size", "FieldValueInvalid"),
        ({"size": "big"}, "spec.size", "FieldValueTypeInvalid"),
        ({"size": None}, "spec.size", "FieldValueRequired"),
        ({"colour": "green"}, "spec.colour", "FieldValueNotSupported"),
        ({"label": "UPPER"}, "spec.label", "FieldValueInvalid"),
        ({"label": "toolong"}, "spec.label", "FieldValueTooLong"),
        ({"port": True}, "spec.port", None),
        ({"parts": [{"weight": 1}]}, "spec.parts[0].name", "FieldValueRequired"),
        ({"parts": [{"name": "x"}, {"name": "x"}]}, "spec.parts[1]", "FieldValueDuplicate"),
    ],
)
def test_what_the_schema_forbids_is_invalid(
    widgets: Collection, spec: Object, field: str, reason: str | None
) -> None:
    found = widgets.create(widget(widgets, "a", **spec)).invalid(field)
    reasons = {cause["reason"] for cause in found["details"]["causes"] if cause["field"] == field}
    assert reason is None or reason in reasons


def test_every_breach_of_the_schema_is_told_at_once(widgets: Collection) -> None:
    answer = widgets.create(widget(widgets, "a", size=0, colour="green"))
    answer.invalid("spec.size", "spec.colour")


def test_an_update_is_held_to_the_schema(widgets: Collection) -> None:
    made = widgets.create(widget(widgets, "a")).ok()
    widgets.patch("a", {"spec": {"size": 99}}).invalid("spec.size")
    made["spec"]["size"] = 99
    widgets.replace(made).invalid("spec.size")


# --- its subresources -----------------------------------------------------------------------------


def test_status_and_the_rest_are_written_apart(widgets: Collection) -> None:
    made = widgets.create({**widget(widgets, "a"), "status": {"phase": "new"}}).ok()
    assert "status" not in made
    change = {"spec": {"size": 5}, "status": {"phase": "ready"}}
    after = widgets.patch("a", change, subresource="status").ok()
    assert (after["spec"]["size"], after["status"]) == (1, {"phase": "ready"})
    assert after["metadata"]["generation"] == 1
    after = widgets.patch("a", {"spec": {"size": 5}, "status": {"phase": "lost"}}).ok()
    assert (after["spec"]["size"], after["status"]) == (5, {"phase": "ready"})
    assert after["metadata"]["generation"] == 2


def test_a_status_is_held_to_the_schema(widgets: Collection) -> None:
    widgets.create(widget(widgets, "a")).ok()
    answer = widgets.patch("a", {"status": {"replicas": "many"}}, subresource="status")
    answer.invalid("status.replicas")


def test_the_scale_is_where_the_definition_says(widgets: Collection) -> None:
    widgets.create(widget(widgets, "a", replicas=2)).ok()
    widgets.patch("a", {"status": {"replicas": 1}}, subresource="status").ok()
    scale = widgets.read("a", "scale").ok()
    assert (scale["spec"], scale["status"]["replicas"]) == ({"replicas": 2}, 1)
    widgets.patch("a", {"spec": {"replicas": 4}}, subresource="scale").ok()
    assert widgets.read("a").ok()["spec"]["replicas"] == 4
