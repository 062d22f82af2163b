"""CustomResourceDefinitions: their defaults and validation, and the resources they define."""

from __future__ import annotations

import re
from typing import Any

from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.causes import Cause
from loadstone.apiserver.machinery.documents import Document
from loadstone.apiserver.machinery.resources import CustomVersion, Resource

KEY = ("apiextensions.k8s.io", "customresourcedefinitions")
_VERSION = re.compile(r"v(\d+)(?:(alpha|beta)(\d+))?")
_STAGES = {"alpha": 0, "beta": 1, None: 2}


def fill(document: Document) -> None:
    """The defaults of a definition, and its status until it is established."""
    spec = document.get("spec")
    if not isinstance(spec, dict) or not isinstance(spec.get("names"), dict):
        return
    names = spec["names"]
    kind = str(names.get("kind", ""))
    names.setdefault("singular", kind.lower())
    names.setdefault("listKind", f"{kind}List")
    spec.setdefault("conversion", {"strategy": "None"})
    metadata = document["metadata"]
    if not metadata.get("deletionTimestamp"):
        finalizers = metadata.get("finalizers") or []
        metadata["finalizers"] = [*finalizers, *({CLEANUP} - set(finalizers))]
    versions = [version for version in spec.get("versions") or () if isinstance(version, dict)]
    shown = document.get("status") or {}
    document["status"] = {
        "conditions": shown.get("conditions"),
        "acceptedNames": names if shown.get("conditions") else {"plural": "", "kind": ""},
        "storedVersions": shown.get("storedVersions")
        or [version.get("name") for version in versions if version.get("storage")],
    }


def check(document: Document) -> list[Cause]:
    """The errors of a definition; raises 501 for what is right but not done here."""
    spec = document.get("spec")
    if not isinstance(spec, dict):
        return [Cause.required("spec")]
    conversion = spec.get("conversion") or {}
    if conversion.get("strategy") == "Webhook":
        raise status.not_implemented("conversion webhooks of custom resources")
    return [*_check_names(document, spec), *_check_versions(spec.get("versions"))]


def resource_of(document: Document) -> Resource:
    """The resource that a valid definition defines."""
    spec = document["spec"]
    names = spec["names"]
    served = sorted(
        (version for version in spec["versions"] if version.get("served")),
        key=lambda version: _priority(version["name"]),
        reverse=True,
    )
    selectable = [label for version in served for label in _selectable(version)]
    return Resource(
        group=spec["group"],
        version=served[0]["name"] if served else "",
        plural=names["plural"],
        kind=names["kind"],
        namespaced=spec["scope"] == "Namespaced",
        singular=names.get("singular", ""),
        list_kind=names.get("listKind", ""),
        short_names=tuple(names.get("shortNames") or ()),
        categories=tuple(names.get("categories") or ()),
        fields={label: tuple(label.split(".")) for label in selectable},
        generation=True,
        versions=tuple(_version(version) for version in served),
    )


def _version(given: dict[str, Any]) -> CustomVersion:
    subresources = given.get("subresources") or {}
    return CustomVersion(
        name=given["name"],
        schema=(given.get("schema") or {}).get("openAPIV3Schema") or {},
        columns=tuple(given.get("additionalPrinterColumns") or ()),
        scale=subresources.get("scale"),
        status="status" in subresources,
        selectable=frozenset(_selectable(given)),
    )


def _selectable(version: dict[str, Any]) -> list[str]:
    return [each["jsonPath"].strip(".") for each in version.get("selectableFields") or ()]


def _priority(name: str) -> tuple[int, int, int, str]:
    """Newest stable first: v2 > v1 > v1beta2 > v1beta1 > v1alpha1 > anything else."""
    match = _VERSION.fullmatch(name)
    if match is None:
        return (-1, 0, 0, name)
    major, stage, minor = match.groups()
    return (_STAGES[stage], int(major), int(minor or 0), name)


def _check_names(document: Document, spec: dict[str, Any]) -> list[Cause]:
    causes = []
    names = spec.get("names")
    if not isinstance(names, dict):
        return [Cause.required("spec.names")]
    causes += [Cause.required(f"spec.names.{f}") for f in ("plural", "kind") if not names.get(f)]
    if not spec.get("group"):
        causes.append(Cause.required("spec.group"))
    if spec.get("scope") not in ("Namespaced", "Cluster"):
        scopes = ("Cluster", "Namespaced")
        causes.append(Cause.unsupported("spec.scope", spec.get("scope", ""), scopes))
    expected = f"{names.get('plural')}.{spec.get('group')}"
    name = document["metadata"].get("name")
    if not causes and name != expected:
        says = f'must be spec.names.plural+"."+spec.group, which is "{expected}"'
        causes.append(Cause.invalid("metadata.name", name, says))
    return causes


def _check_versions(versions: object) -> list[Cause]:
    if not isinstance(versions, list) or not versions:
        return [Cause.required("spec.versions")]
    causes = []
    for index, version in enumerate(versions):
        where = f"spec.versions[{index}]"
        if not isinstance(version, dict) or not version.get("name"):
            causes.append(Cause.required(f"{where}.name"))
            continue
        causes += _check_schema(where, version.get("schema"))
    stored = [v for v in versions if isinstance(v, dict) and v.get("storage") is True]
    if len(stored) != 1:
        says = "must have exactly one version marked as storage version"
        causes.append(Cause.invalid("spec.versions", len(stored), says))
    return causes


def _check_schema(where: str, schema: object) -> list[Cause]:
    found = schema.get("openAPIV3Schema") if isinstance(schema, dict) else None
    if not isinstance(found, dict):
        return [Cause.required(f"{where}.schema.openAPIV3Schema", "schemas are required")]
    if found.get("type") != "object":
        field = f"{where}.schema.openAPIV3Schema.type"
        return [Cause.invalid(field, found.get("type", ""), "must be object at the root")]
    return []


CLEANUP = "customresourcecleanup.apiextensions.k8s.io"
