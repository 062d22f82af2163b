"""OpenAPI documents, as kubectl reads them: schemas of built-in kinds, and of definitions.

Version 3 has a document for each group and version, version 2 one for everything. In protobuf,
which kubectl asks version 2 for where version 3 knows no such kind, it is a document without kinds.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any

from loadstone.apiserver.custom import openapi_schemas
from loadstone.apiserver.machinery.release import RELEASE
from loadstone.apiserver.machinery.resources import Registry, Resource, group_version
from loadstone.apiserver.types import published_schemas
from loadstone.apiserver.types.published_schemas import GROUPS, METADATA, PREFIX, references

_VALIDATION = {"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}
_ANY = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
_INFO = {"title": "Kubernetes", "version": RELEASE}
PROTOBUF = "application/com.github.proto-openapi.spec.v2.v1.0+protobuf"


def _field(number: int, value: bytes) -> bytes:
    """A short field of protobuf, of bytes or of another message."""
    return bytes([number << 3 | 2, len(value)]) + value


EMPTY = _field(1, b"2.0") + _field(2, _field(1, b"Kubernetes") + _field(2, RELEASE.encode()))


def index(registry: Registry) -> dict[str, Any]:
    """The index at /openapi/v3: where the document of each group and version is."""
    paths = {
        _path(group, version): {"serverRelativeURL": f"/openapi/v3/{_path(group, version)}"}
        for group, versions in registry.groups().items()
        for version in versions
    }
    return {"paths": paths}


def document(registry: Registry, path: str) -> dict[str, Any] | None:
    """The document at /openapi/v3/apis/GROUP/VERSION."""
    for group, versions in registry.groups().items():
        for version in versions:
            if _path(group, version) == path:
                return _document(registry, group, version)
    return None


def version2(registry: Registry) -> dict[str, Any]:
    """The document at /openapi/v2: every schema, as definitions."""
    definitions = {**_builtin2(), **dict(_custom2(registry))}
    return {"swagger": "2.0", "info": _INFO, "paths": {}, "definitions": definitions}


@lru_cache(maxsize=1)
def _builtin2() -> dict[str, Any]:
    """The definitions that are there in any case: definitions of custom ones come and go."""
    return {name: _as_version2(schema) for name, schema in published_schemas.schemas().items()}


def _custom2(registry: Registry) -> Iterator[tuple[str, Any]]:
    common = _as_version2(_common())
    for resource in registry:
        for version in resource.versions:
            schema = openapi_schemas.second(version.schema, common)
            yield _name(resource, version.name), schema | _about(resource, version.name)


def _as_version2(schema: Any) -> Any:
    """Schemas in the older dialect: references stand alone, and defaults of objects do not."""
    if isinstance(schema, list):
        return [_as_version2(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    reference = schema.get("$ref")
    if isinstance(reference, str):
        return {**schema, "$ref": reference.replace(PREFIX, "#/definitions/")}
    alone = schema.get("allOf")
    if isinstance(alone, list) and len(alone) == 1 and "$ref" in alone[0]:
        kept = {"description": schema["description"]} if "description" in schema else {}
        return {**_as_version2(alone[0]), **kept}
    return {key: _as_version2(value) for key, value in schema.items()}


def _path(group: str, version: str) -> str:
    return f"apis/{group}/{version}" if group else f"api/{version}"


def _document(registry: Registry, group: str, version: str) -> dict[str, Any]:
    resources = registry.in_version(group, version)
    return {
        "openapi": "3.0.0",
        "info": _INFO,
        "paths": dict(_paths(resources, version)),
        "components": {"schemas": _schemas(resources, version)},
    }


def _paths(resources: Iterable[Resource], version: str) -> Iterator[tuple[str, Any]]:
    for resource in resources:
        place = _collection(resource, version)
        kind = {"x-kubernetes-group-version-kind": _kind(resource, version)}
        if "list" in resource.verbs:
            listed = {"x-kubernetes-action": "list", "responses": {}, **kind}
            yield place, {"get": listed, "post": _operation(resource, version, "post")}
        yield f"{place}/{{name}}", {"patch": _operation(resource, version, "patch")}


def _schemas(resources: list[Resource], version: str) -> dict[str, Any]:
    """The schemas of the kinds, and of every type that they are made of."""
    found = {_name(resource, version): _schema(resource, version) for resource in resources}
    left = [name for schema in found.values() for name in references(schema)]
    known = published_schemas.schemas()
    while left:
        name = left.pop()
        if name not in found and name in known:
            found[name] = known[name]
            left += references(known[name])
    return found


def _collection(resource: Resource, version: str) -> str:
    root = f"/{_path(resource.group, version)}"
    inside = "/namespaces/{namespace}" if resource.namespaced else ""
    return f"{root}{inside}/{resource.plural}"


def _operation(resource: Resource, version: str, action: str) -> dict[str, Any]:
    return {
        "operationId": f"{action}{version}{resource.kind}",
        "parameters": [_VALIDATION],
        "requestBody": {"content": {"application/json": {"schema": _ANY}}},
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": action,
        "x-kubernetes-group-version-kind": _kind(resource, version),
    }


def _schema(resource: Resource, version: str) -> dict[str, Any]:
    own = resource.definition(version)
    if own is None:
        name = published_schemas.name_of(resource.group, version, resource.kind)
        return dict(published_schemas.schemas().get(name, _ANY))
    return openapi_schemas.third(own.schema, _common()) | _about(resource, version)


def _about(resource: Resource, version: str) -> dict[str, Any]:
    """What a schema says of the kind that it is of."""
    found: dict[str, Any] = {GROUPS: [_kind(resource, version)]}
    own = resource.definition(version)
    if own is not None and own.selectable:
        labels = [{"fieldPath": label} for label in sorted(own.selectable)]
        found["x-kubernetes-selectable-fields"] = labels
    return found


def _common() -> dict[str, Any]:
    """What every object has, in the words of the built-in ones."""
    known = published_schemas.schemas()["io.k8s.api.core.v1.ConfigMap"]["properties"]
    reference = {"allOf": [{"$ref": PREFIX + METADATA}]}
    metadata = {**reference, "default": {}, "description": known["metadata"]["description"]}
    return {"apiVersion": known["apiVersion"], "kind": known["kind"], "metadata": metadata}


def _name(resource: Resource, version: str) -> str:
    name = (
        published_schemas.name_of(resource.group, version, resource.kind)
        if not resource.custom
        else ""
    )
    if name:
        return name
    group = ".".join(reversed(resource.group.split(".")))
    return f"{group_version(group or 'core', version).replace('/', '.')}.{resource.kind}"


def _kind(resource: Resource, version: str) -> dict[str, str]:
    return {"group": resource.group, "version": version, "kind": resource.kind}
