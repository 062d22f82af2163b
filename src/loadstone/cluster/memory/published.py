"""The schemas of custom resources as OpenAPI publishes them, in its third version and its second.

To what a definition says is added what every object has. The second version knows less: what
kubectl would misread there is left out, as the real server leaves it out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loadstone.cluster.memory.resources import Registry, Resource

Schema = dict[str, Any]

METADATA = "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta"
_CONVENTIONS = (
    "https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md"
)
_API_VERSION = {
    "description": "APIVersion defines the versioned schema of this representation of an object. "
    "Servers should convert recognized schemas to the latest internal value, and may reject "
    f"unrecognized values. More info: {_CONVENTIONS}#resources",
    "type": "string",
}
_KIND = {
    "description": "Kind is a string value representing the REST resource this object represents. "
    "Servers may infer this from the endpoint the client submits requests to. Cannot be updated. "
    f"In CamelCase. More info: {_CONVENTIONS}#types-kinds",
    "type": "string",
}
_STANDARD = f"Standard object's metadata. More info: {_CONVENTIONS}#metadata"
_PRESERVES = "x-kubernetes-preserve-unknown-fields"
_EMBEDDED = "x-kubernetes-embedded-resource"
_JUNCTORS = ("allOf", "oneOf", "anyOf", "not")


def name(group: str, version: str, kind: str) -> str:
    """The name of a definition: the group's domain backwards, the version, the kind."""
    return ".".join([*reversed(group.split(".")), version, kind])


def third(schema: Mapping[str, Any], metadata: str) -> Schema:
    """A custom resource's schema in version 3; `metadata` is where that of all metadata is."""
    return _whole(schema, {"allOf": [{"$ref": metadata}], "default": {}})


def definitions(registry: Registry) -> dict[str, Schema]:
    """The definitions of every served version of every custom resource, in version 2."""
    found: dict[str, Schema] = {}
    for resource in registry:
        for version in resource.versions:
            own = name(resource.group, version.name, resource.kind)
            found[own] = _kind(resource, version.name, resource.kind, _second(version.schema))
            found[f"{own}List"] = _list(resource, version.name, own)
    if found:
        found[METADATA] = {"description": "ObjectMeta is metadata that all objects have.",
                           "type": "object"}
    return found


def _second(schema: Mapping[str, Any]) -> Schema:
    """Objects that may have unknown fields are published as such and no more."""
    if not schema or schema.get(_PRESERVES):
        return {"type": "object"}
    return _whole(_lesser(schema), {"$ref": f"#/definitions/{METADATA}"})


def _list(resource: Resource, version: str, own: str) -> Schema:
    items = {"type": "array", "items": {"$ref": f"#/definitions/{own}"}}
    properties = {
        "apiVersion": _API_VERSION,
        "kind": _KIND,
        "items": {**items, "description": f"List of {resource.plural}."},
        "metadata": {"type": "object"},
    }
    schema = {"type": "object", "required": ["items"], "properties": properties}
    return _kind(resource, version, resource.list_name, schema)


def _kind(resource: Resource, version: str, kind: str, schema: Schema) -> Schema:
    about = {"group": resource.group, "version": version, "kind": kind}
    return {**schema, "x-kubernetes-group-version-kind": [about]}


def _whole(schema: Mapping[str, Any], metadata: Schema) -> Schema:
    """A schema with the fields of every object, at the root and in embedded objects."""
    embedded = _embedding(schema, metadata)
    own = {
        "apiVersion": _API_VERSION,
        "kind": _KIND,
        "metadata": {**metadata, "description": _STANDARD},
    }
    return {**embedded, "properties": {**(embedded.get("properties") or {}), **own}}


def _embedding(schema: Mapping[str, Any], metadata: Schema) -> Schema:
    found = _within(schema, lambda inner: _embedding(inner, metadata))
    if found.get(_EMBEDDED) and not found.get(_PRESERVES):
        found["properties"] = {
            **(found.get("properties") or {}),
            "apiVersion": _API_VERSION,
            "kind": _KIND,
            "metadata": {**metadata, "description": _STANDARD},
        }
        required = found.get("required") or []
        found["required"] = [*required, *({"kind", "apiVersion"} - set(required))]
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


def _within(schema: Mapping[str, Any], change: Any) -> Schema:
    """A copy of a schema whose inner schemas are changed."""
    found = dict(schema)
    if isinstance(found.get("properties"), Mapping):
        found["properties"] = {key: change(inner) for key, inner in found["properties"].items()}
    for key in ("items", "additionalProperties"):
        if isinstance(found.get(key), Mapping):
            found[key] = change(found[key])
    return found
