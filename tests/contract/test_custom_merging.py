"""Server-side apply of custom resources: how their schemas say that lists and mappings merge."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Space
from tests.contract.objects import Object
from tests.contract.resources import CRDS, Resource
from tests.contract.test_custom_resources import definition, version
from tests.contract.waiting import eventually

TEXT: Object = {"type": "string"}
TEXTS: Object = {"type": "object", "additionalProperties": TEXT}
PAIR: Object = {"type": "object", "properties": {"key": TEXT, "value": TEXT}}
PORT: Object = {
    "type": "object",
    "required": ["number"],
    "properties": {
        "number": {"type": "integer"},
        "protocol": {"type": "string", "default": "TCP"},
        "name": TEXT,
    },
}
SPEC: Object = {
    "type": "object",
    "properties": {
        "granular": TEXTS,
        "atomic": {**TEXTS, "x-kubernetes-map-type": "atomic"},
        "struct": {**PAIR, "x-kubernetes-map-type": "atomic"},
        "loose": PAIR,
        "list": {"type": "array", "items": TEXT},
        "set": {"type": "array", "items": TEXT, "x-kubernetes-list-type": "set"},
        "ports": {
            "type": "array",
            "items": PORT,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["number", "protocol"],
        },
        "free": {"type": "object", "x-kubernetes-preserve-unknown-fields": True},
        "either": {"x-kubernetes-int-or-string": True},
    },
}


@pytest.fixture(scope="module")
def widget_type(api: Api) -> Iterator[Resource]:
    group = f"g{secrets.token_hex(4)}.example.com"
    schema = {"type": "object", "properties": {"spec": SPEC}}
    only = version("v1", schema={"openAPIV3Schema": schema}, subresources={})
    only.pop("selectableFields")
    only.pop("additionalPrinterColumns")
    crd = definition(group, only)
    api.of(CRDS).create(crd).ok()
    found = Resource(f"/apis/{group}/v1", "widgets", "Widget")
    eventually(lambda: api.get(found.path()).status == 200)
    yield found
    api.of(CRDS).delete(crd["metadata"]["name"])


@pytest.fixture
def widgets(space: Space, widget_type: Resource) -> Collection:
    return space.of(widget_type)


def widget(items: Collection, **spec: Any) -> Object:
    version = items.resource.api_version
    return {"apiVersion": version, "kind": "Widget", "metadata": {"name": "a"}, "spec": spec}


ONE_OWNER: dict[str, tuple[Any, Any]] = {
    "atomic": ({"a": "1"}, {"b": "2"}),
    "struct": ({"key": "k"}, {"value": "v"}),
    "list": (["a"], ["b"]),
    "either": (1, "25%"),
}


@pytest.mark.parametrize("field", ONE_OWNER)
def test_what_is_atomic_has_one_owner(widgets: Collection, field: str) -> None:
    first, second = ONE_OWNER[field]
    widgets.apply(widget(widgets, **{field: first}), "first").ok()
    found = widgets.apply(widget(widgets, **{field: second}), "second").failed(409, "Conflict")
    assert [cause["field"] for cause in found["details"]["causes"]] == [f".spec.{field}"]
    after = widgets.apply(widget(widgets, **{field: second}), "second", force="true").ok()
    assert after["spec"][field] == second


SHARED: dict[str, tuple[Any, Any, Any]] = {
    "granular": ({"a": "1"}, {"b": "2"}, {"a": "1", "b": "2"}),
    "loose": ({"key": "k"}, {"value": "v"}, {"key": "k", "value": "v"}),
    "set": (["a"], ["b"], ["a", "b"]),
    "free": ({"a": {"x": 1}}, {"a": {"y": 2}}, {"a": {"x": 1, "y": 2}}),
}


@pytest.mark.parametrize("field", SHARED)
def test_what_is_not_atomic_is_shared(widgets: Collection, field: str) -> None:
    first, second, both = SHARED[field]
    widgets.apply(widget(widgets, **{field: first}), "first").ok()
    after = widgets.apply(widget(widgets, **{field: second}), "second").ok()
    assert after["spec"][field] == both
    after = widgets.apply(widget(widgets, loose={"value": "v"}), "first").ok()
    assert after["spec"][field] == second


def test_items_are_told_apart_by_all_their_keys(widgets: Collection) -> None:
    widgets.apply(widget(widgets, ports=[{"number": 9, "protocol": "UDP"}]), "first").ok()
    after = widgets.apply(widget(widgets, ports=[{"number": 9, "name": "tcp"}]), "second").ok()
    found = [(each["number"], each["protocol"]) for each in after["spec"]["ports"]]
    assert sorted(found) == [(9, "TCP"), (9, "UDP")]
    twice = [{"number": 9}, {"number": 9, "protocol": "TCP"}]
    answer = widgets.apply(widget(widgets, ports=twice), "third")
    assert answer.status == 500
    assert 'duplicate entries for key [number=9,protocol="TCP"]' in answer.json()["message"]


def test_an_unknown_field_cannot_be_applied(widgets: Collection) -> None:
    answer = widgets.apply(widget(widgets, colours=[]), "first")
    assert answer.status == 500
    assert answer.json()["message"].endswith(".spec.colours: field not declared in schema")


def test_a_new_object_is_owned_with_all_that_holds_it(widgets: Collection) -> None:
    made = widgets.create(widget(widgets, granular={"a": "1"}, atomic={"b": "2"})).ok()
    (entry,) = made["metadata"]["managedFields"]
    expected: Object = {".": {}, "f:granular": {".": {}, "f:a": {}}, "f:atomic": {}}
    assert entry["fieldsV1"] == {"f:spec": expected}


def test_the_last_item_goes_with_who_applied_it(widgets: Collection) -> None:
    ports = [{"number": 1, "protocol": "TCP"}]
    widgets.apply(widget(widgets, ports=ports, atomic={"a": "1"}), "first").ok()
    after = widgets.apply(widget(widgets, atomic={"a": "1"}), "first").ok()
    assert not after["spec"].get("ports")
