"""Enough of OpenAPI for kubectl: the kinds, their fields, and that the server checks those."""

from __future__ import annotations

import re
from typing import Any

from loadstone.cluster.memory import typed
from loadstone.cluster.memory.resources import Registry, Resource, group_version

_VALIDATION = {"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}
_WORD = re.compile(r"\w+")
_PLAIN: dict[str, dict[str, Any]] = {
    "string": {"type": "string"},
    "bytes": {"type": "string", "format": "byte"},
    "quantity": {"type": "string"},
    "intorstring": {"type": "string", "format": "int-or-string"},
    "time": {"type": "string", "format": "date-time"},
    "microtime": {"type": "string", "format": "date-time"},
    "integer": {"type": "integer"},
    "number": {"type": "number"},
    "boolean": {"type": "boolean"},
    "any": {"x-kubernetes-preserve-unknown-fields": True},
}
_ANY = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}


def index(registry: Registry) -> dict[str, Any]:
    """/openapi/v3: where the document of each group and version is."""
    paths = {
        _path(group, version): {"serverRelativeURL": f"/openapi/v3/{_path(group, version)}"}
        for group, versions in registry.groups().items()
        for version in versions
    }
    return {"paths": paths}


def document(registry: Registry, path: str) -> dict[str, Any] | None:
    """/openapi/v3/apis/GROUP/VERSION."""
    for group, versions in registry.groups().items():
        for version in versions:
            if _path(group, version) == path:
                return _document(registry, group, version)
    return None


def version2(registry: Registry) -> dict[str, Any]:
    """/openapi/v2, without schemas."""
    del registry
    return {
        "swagger": "2.0",
        "info": {"title": "Kubernetes", "version": "v1.36.0"},
        "paths": {},
        "definitions": {},
    }


def _path(group: str, version: str) -> str:
    return f"apis/{group}/{version}" if group else f"api/{version}"


def _document(registry: Registry, group: str, version: str) -> dict[str, Any]:
    resources = registry.in_version(group, version)
    return {
        "openapi": "3.0.0",
        "info": {"title": "Kubernetes", "version": "v1.36.0"},
        "paths": {
            f"{_collection(resource, version)}/{{name}}": {"patch": _operation(resource, version)}
            for resource in resources
        },
        "components": {"schemas": _schemas(resources, version)},
    }


def _schemas(resources: list[Resource], version: str) -> dict[str, Any]:
    """The schemas of the kinds, and of every type that they are made of."""
    found = {_name(resource, version): _schema(resource, version) for resource in resources}
    left = [typed.type_name(resource) for resource in resources if not resource.custom]
    while left:
        kind = left.pop()
        if kind not in found and kind in typed.types():
            found[kind] = _of_type(kind)
            left += [
                word for field in typed.types()[kind].values() for word in _WORD.findall(field)
            ]
    return found


def _of_type(kind: str) -> dict[str, Any]:
    fields = typed.types().get(kind, {})
    return {"type": "object", "properties": {name: _field(of) for name, of in fields.items()}}


def _field(kind: str) -> dict[str, Any]:
    if kind.startswith("[]"):
        return {"type": "array", "items": _field(kind[2:])}
    if kind.startswith("{}"):
        return {"type": "object", "additionalProperties": _field(kind[2:])}
    if kind in _PLAIN:
        return _PLAIN[kind]
    return {"allOf": [{"$ref": f"#/components/schemas/{kind}"}]}


def _collection(resource: Resource, version: str) -> str:
    root = f"/{_path(resource.group, version)}"
    return (
        f"{root}/namespaces/{{namespace}}/{resource.plural}"
        if resource.namespaced
        else (f"{root}/{resource.plural}")
    )


def _operation(resource: Resource, version: str) -> dict[str, Any]:
    return {
        "operationId": f"patch{version}{resource.kind}",
        "parameters": [_VALIDATION],
        "requestBody": {"content": {"application/merge-patch+json": {"schema": _ANY}}},
        "responses": {"200": {"description": "OK"}},
        "x-kubernetes-action": "patch",
        "x-kubernetes-group-version-kind": _kind(resource, version),
    }


def _schema(resource: Resource, version: str) -> dict[str, Any]:
    own = resource.definition(version)
    schema = dict(own.schema) if own else _of_type(typed.type_name(resource))
    return {**schema, "x-kubernetes-group-version-kind": [_kind(resource, version)]}


def _name(resource: Resource, version: str) -> str:
    return f"{group_version(resource.group or 'core', version).replace('/', '.')}.{resource.kind}"


def _kind(resource: Resource, version: str) -> dict[str, str]:
    return {"group": resource.group, "version": version, "kind": resource.kind}
