"""Enough of OpenAPI for kubectl: which kinds there are, and that the server checks their fields."""

from __future__ import annotations

from typing import Any

from loadstone.cluster.memory.resources import Registry, Resource, group_version

_VALIDATION = {"name": "fieldValidation", "in": "query", "schema": {"type": "string"}}
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
        "components": {
            "schemas": {
                _name(resource, version): _schema(resource, version) for resource in resources
            }
        },
    }


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
    schema = dict(own.schema) if own and own.schema else dict(_ANY)
    return {**schema, "x-kubernetes-group-version-kind": [_kind(resource, version)]}


def _name(resource: Resource, version: str) -> str:
    return f"{group_version(resource.group or 'core', version).replace('/', '.')}.{resource.kind}"


def _kind(resource: Resource, version: str) -> dict[str, str]:
    return {"group": resource.group, "version": version, "kind": resource.kind}
