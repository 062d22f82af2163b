"""Rules and formats in the schemas of custom resources."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Space
from tests.contract.objects import Object
from tests.contract.resources import CRDS
from tests.contract.test_custom_resources import define, definition, version

RULED: Object = {
    "type": "object",
    "x-kubernetes-validations": [
        {"rule": "!has(self.least) || !has(self.most) || self.least <= self.most"},
        {"rule": "!has(self.secret)", "message": "not here", "reason": "FieldValueForbidden"},
    ],
    "properties": {
        "least": {"type": "integer", "maximum": 10},
        "most": {"type": "integer"},
        "secret": {"type": "string"},
        "grows": {
            "type": "integer",
            "x-kubernetes-validations": [{"rule": "self >= oldSelf", "message": "no shrinking"}],
        },
        "parts": {
            "type": "array",
            "maxItems": 5,
            "x-kubernetes-list-type": "map",
            "x-kubernetes-list-map-keys": ["name"],
            "items": {
                "type": "object",
                "required": ["name"],
                "properties": {
                    "name": {"type": "string"},
                    "kind": {
                        "type": "string",
                        "maxLength": 20,
                        "x-kubernetes-validations": [
                            {"rule": "self == oldSelf", "messageExpression": "'stays ' + self"}
                        ],
                    },
                },
            },
        },
        "when": {"type": "string", "format": "date-time"},
        "day": {"type": "string", "format": "date"},
        "net": {"type": "string", "format": "cidr"},
        "data": {"type": "string", "format": "byte"},
        "other": {"type": "string", "format": "unheard-of"},
        "word": {"type": "string", "minLength": 3, "pattern": "^[a-z]+$"},
    },
}


@pytest.fixture
def ruled(api: Api, space: Space, unique: str) -> Iterator[Collection]:
    one = version("v1")
    schema = copy.deepcopy(one["schema"]["openAPIV3Schema"])
    schema["properties"]["spec"] = RULED
    made = definition(f"{unique}.rules.example", one | {"schema": {"openAPIV3Schema": schema}})
    made["spec"]["versions"][0].pop("selectableFields", None)
    made["spec"]["versions"][0].pop("additionalPrinterColumns", None)
    yield space.of(define(api, made))
    api.of(CRDS).delete(made["metadata"]["name"])


def thing(collection: Collection, name: str = "a", **spec: Any) -> Object:
    return {
        "apiVersion": collection.resource.api_version,
        "kind": collection.resource.kind,
        "metadata": {"name": name},
        "spec": spec,
    }


def causes(found: Object) -> list[tuple[str, str]]:
    return [(each["field"], each["message"]) for each in found["details"]["causes"]]


def test_an_object_that_breaks_a_rule_is_invalid(ruled: Collection) -> None:
    ruled.create(thing(ruled, least=1, most=1)).ok()
    (rule,) = (each["rule"] for each in RULED["x-kubernetes-validations"][:1])
    said = f'Invalid value: "object": failed rule: {rule}'
    found = ruled.create(thing(ruled, "b", least=2, most=1)).failed(422, "Invalid")
    assert causes(found) == [("spec", said)]
    found = ruled.create(thing(ruled, "b", secret="x")).failed(422, "Invalid")
    assert causes(found) == [("spec", "Forbidden: not here")]


def test_a_rule_of_a_change_sees_what_was_there(ruled: Collection) -> None:
    ruled.create(thing(ruled, grows=5, parts=[{"name": "x", "kind": "k"}])).ok()
    ruled.patch("a", {"spec": {"grows": 6}}, "merge").ok()
    found = ruled.patch("a", {"spec": {"grows": 2}}, "merge").failed(422, "Invalid")
    assert causes(found) == [("spec.grows", 'Invalid value: "integer": no shrinking')]
    parts = [{"name": "new", "kind": "any"}, {"name": "x", "kind": "j"}]
    found = ruled.patch("a", {"spec": {"parts": parts}}, "merge").failed(422, "Invalid")
    assert causes(found) == [("spec.parts[1].kind", 'Invalid value: "string": stays j')]
    ruled.patch("a", {"spec": {"grows": None}}, "merge").ok()
    ruled.patch("a", {"spec": {"grows": 1}}, "merge").ok()


@pytest.mark.parametrize(
    "required", [["metadata", "spec"], ["apiVersion", "kind", "spec"], ["spec"], ["metadata"]]
)
def test_what_a_schema_requires_at_the_top_is_required(
    api: Api, space: Space, unique: str, required: list[str]
) -> None:
    one = version("v1")
    one["schema"]["openAPIV3Schema"]["required"] = required
    things = space.of(define(api, definition(f"{unique}.example", one)))
    item = {"apiVersion": f"{unique}.example/v1", "kind": "Widget", "metadata": {"name": "a"}}
    if "spec" in required:
        things.create(item).invalid("spec")
    things.create({**item, "spec": {"size": 1}}).ok()


@pytest.mark.parametrize(
    ("field", "bad", "good"),
    [
        ("when", "yesterday", "2020-01-01T00:00:00.5Z"),
        ("when", "2020-13-01T00:00:00Z", "2020-01-01T00:00:00+02:00"),
        ("day", "2020-02-31", "2020-02-29"),
        ("net", "10.0.0.1", "10.0.0.1/8"),
        ("data", "%%%", "aGk="),
    ],
)
def test_the_format_of_a_string_holds(ruled: Collection, field: str, bad: str, good: str) -> None:
    found = ruled.create(thing(ruled, **{field: bad})).failed(422, "Invalid")
    assert causes(found)[0][0] == f"spec.{field}"
    ruled.create(thing(ruled, **{field: good})).ok()


def test_a_format_that_nobody_knows_says_nothing(ruled: Collection) -> None:
    ruled.create(thing(ruled, other="anything")).ok()


def test_limits_are_told_in_the_servers_words(ruled: Collection) -> None:
    for field, value, said in (
        ("least", 11, "Invalid value: 11: spec.least in body should be less than or equal to 10"),
        ("word", "a", 'Invalid value: "a": spec.word in body should be at least 3 chars long'),
        ("word", "abc1", "Invalid value: \"abc1\": spec.word in body should match '^[a-z]+$'"),
    ):
        item = thing(ruled)
        item["spec"][field] = value
        found = ruled.create(item).failed(422, "Invalid")
        assert causes(found)[0] == (f"spec.{field}", said)
