"""OpenAPI schemas of custom resources, in version 3 and version 2 of OpenAPI.

To what a definition says is added what every object has (`common`). The second version knows less:
what kubectl would misread there is left out, as the real server leaves it out.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

Schema = dict[str, Any]

_PRESERVES = "x-kubernetes-preserve-unknown-fields"
_EMBEDDED = "x-kubernetes-embedded-resource"
_JUNCTORS = ("allOf", "oneOf", "anyOf", "not")


def third(schema: Mapping[str, Any], common: Mapping[str, Any]) -> Schema:
    """A custom resource's schema in OpenAPI 3."""
    return _whole(schema, common) if schema else {"type": "object"}


def second(schema: Mapping[str, Any], common: Mapping[str, Any]) -> Schema:
    """The same in OpenAPI 2: an object that may have unknown fields is one, and no more is said."""
    if not schema or schema.get(_PRESERVES):
        return {"type": "object"}
    return _whole(_lesser(schema), common)


def _whole(schema: Mapping[str, Any], common: Mapping[str, Any]) -> Schema:
    """A schema with the fields of every object, at the root and in embedded objects."""
    embedded = _embedding(schema, common)
    return {**embedded, "properties": {**(embedded.get("properties") or {}), **common}}


def _embedding(schema: Mapping[str, Any], common: Mapping[str, Any]) -> Schema:
    found = _within(schema, lambda inner: _embedding(inner, common))
    if found.get(_EMBEDDED) and not found.get(_PRESERVES):
        found["properties"] = {**(found.get("properties") or {}), **common}
        required = found.get("required") or []
        found["required"] = [*required, *sorted({"kind", "apiVersion"} - set(required))]
    return found


def _lesser(schema: Mapping[str, Any]) -> Schema:
    """A schema without what version 2 does not know."""
    required = [each for each in schema.get("required") or () if not _nullable(schema, each)]
    kept = {key: value for key, value in schema.items() if key not in (*_JUNCTORS, "required")}
    found = _within(kept, _lesser)
    if required:
        found["required"] = required
    nullable, preserves = found.pop("nullable", False), found.get(_PRESERVES)
    if nullable or preserves:
        found.pop("items", None)
        found.pop("properties", None)
    untyped = found.get("type") == "array" and "items" not in found
    if nullable or untyped or (preserves and found.get("type") == "object"):
        found.pop("type", None)
    return found


def _nullable(schema: Mapping[str, Any], field: str) -> bool:
    return bool(((schema.get("properties") or {}).get(field) or {}).get("nullable"))


def _within(schema: Mapping[str, Any], change: Callable[[Mapping[str, Any]], Schema]) -> Schema:
    """A copy of a schema whose inner schemas are changed."""
    found = dict(schema)
    if isinstance(found.get("properties"), Mapping):
        found["properties"] = {key: change(inner) for key, inner in found["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), Mapping):
            found[key] = change(found[key])
    return found
