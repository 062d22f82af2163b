"""What OpenAPI publishes of a custom resource's schema."""

from __future__ import annotations

from typing import Any

from loadstone.apiserver.custom import openapi_schemas

COMMON = {"apiVersion": {"type": "string"}, "kind": {"type": "string"}, "metadata": {"$ref": "m"}}
NUMBER = {"type": "integer"}


def spec(**properties: Any) -> dict[str, Any]:
    return {"type": "object", "properties": {"spec": {"type": "object", "properties": properties}}}


def published(schema: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = openapi_schemas.second(schema, COMMON)["properties"]["spec"]
    return found


def test_every_object_has_its_kind_and_its_metadata() -> None:
    found = openapi_schemas.third(spec(size=NUMBER), COMMON)
    assert found["properties"] == {**spec(size=NUMBER)["properties"], **COMMON}


def test_embedded_objects_have_them_too() -> None:
    inside = {"type": "object", "x-kubernetes-embedded-resource": True}
    found = openapi_schemas.third(spec(template=inside), COMMON)
    template = found["properties"]["spec"]["properties"]["template"]
    assert template["properties"] == COMMON
    assert template["required"] == ["apiVersion", "kind"]


def test_of_an_object_that_keeps_what_is_unknown_no_more_is_said_in_version_2() -> None:
    keeps = {**spec(size=NUMBER), "x-kubernetes-preserve-unknown-fields": True}
    assert openapi_schemas.second(keeps, COMMON) == {"type": "object"}
    assert openapi_schemas.second({}, COMMON) == {"type": "object"}
    assert "spec" in openapi_schemas.third(keeps, COMMON)["properties"]


def test_version_2_knows_neither_null_nor_alternatives() -> None:
    nullable = {"type": "object", "nullable": True, "properties": {"a": NUMBER}}
    either = {"type": "integer", "anyOf": [{"minimum": 3}, {"maximum": 1}]}
    schema = spec(nullable=nullable, either=either)
    schema["properties"]["spec"]["required"] = ["nullable", "either"]
    assert published(schema) == {
        "type": "object",
        "properties": {"nullable": {}, "either": NUMBER},
        "required": ["either"],
    }


def test_version_2_says_nothing_of_lists_whose_items_are_unknown() -> None:
    keeps = {"x-kubernetes-preserve-unknown-fields": True}
    assert published(spec(list={"type": "array", "items": NUMBER, **keeps})) == {
        "type": "object",
        "properties": {"list": keeps},
    }
