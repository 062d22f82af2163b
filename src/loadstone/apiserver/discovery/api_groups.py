"""API discovery: groups, versions and resources, in the old and in the aggregated form."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from loadstone.apiserver.machinery.resources import Registry, Resource, group_version

AGGREGATED = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
_STATUS_VERBS = ("get", "patch", "update")
_SCALE = {"group": "autoscaling", "version": "v1", "kind": "Scale"}
_CALLED = {  # subresources that are posted to, and the kind they take
    "binding": {"group": "", "version": "v1", "kind": "Binding"},
    "eviction": {"group": "policy", "version": "v1", "kind": "Eviction"},
    "token": {"group": "authentication.k8s.io", "version": "v1", "kind": "TokenRequest"},
}


def wants_aggregated(accept: str) -> bool:
    """Whether an Accept header asks for the aggregated form."""
    wanted = ("g=apidiscovery.k8s.io", "v=v2", "as=APIGroupDiscoveryList")
    for entry in accept.split(","):
        parts = [part.strip() for part in entry.split(";")]
        if parts[0] == "application/json" and all(part in parts for part in wanted):
            return True
    return False


def aggregated(registry: Registry, *, core: bool) -> dict[str, Any]:
    """APIGroupDiscoveryList of the core group (`/api`) or of all others (`/apis`)."""
    groups = [
        (group, versions) for group, versions in registry.groups().items() if (not group) == core
    ]
    return {
        "kind": "APIGroupDiscoveryList",
        "apiVersion": "apidiscovery.k8s.io/v2",
        "metadata": {},
        "items": [_group_discovery(registry, group, versions) for group, versions in groups],
    }


def _group_discovery(registry: Registry, group: str, versions: Sequence[str]) -> dict[str, Any]:
    return {
        "metadata": {"name": group, "creationTimestamp": None} if group else {},
        "versions": [
            {
                "version": version,
                "freshness": "Current",
                "resources": [
                    _resource_discovery(resource, version)
                    for resource in registry.in_version(group, version)
                ],
            }
            for version in versions
        ],
    }


def _resource_discovery(resource: Resource, version: str) -> dict[str, Any]:
    found: dict[str, Any] = {
        "resource": resource.plural,
        "responseKind": {"group": resource.group, "version": version, "kind": resource.kind},
        "scope": "Namespaced" if resource.namespaced else "Cluster",
        "singularResource": resource.singular or resource.kind.lower(),
        "verbs": list(resource.verbs),
        "shortNames": list(resource.short_names),
        "categories": list(resource.categories),
        "subresources": [
            {"subresource": name, "responseKind": kind, "verbs": list(verbs)}
            for name, kind, verbs in subresources(resource, version)
        ],
    }
    return {key: value for key, value in found.items() if value or key == "verbs"}


def subresources(
    resource: Resource, version: str
) -> list[tuple[str, dict[str, str], Sequence[str]]]:
    """The subresources that answer: name, kind and verbs."""
    own = {"group": resource.group, "version": version, "kind": resource.kind}
    definition = resource.definition(version)
    names = resource.subresources
    if definition is not None:
        names = frozenset(
            name for name, on in (("status", definition.status), ("scale", definition.scale)) if on
        )
    found: list[tuple[str, dict[str, str], Sequence[str]]] = []
    for name in sorted(names):
        if name == "finalize":
            found.append((name, own, ("update",)))
        elif name in ("status", "approval"):
            found.append((name, own, _STATUS_VERBS))
        elif name == "scale":
            found.append((name, _SCALE, _STATUS_VERBS))
        elif name in _CALLED:
            found.append((name, _CALLED[name], ("create",)))
    return found


def core_versions() -> dict[str, Any]:
    """APIVersions of the core group."""
    return {
        "kind": "APIVersions",
        "versions": ["v1"],
        "serverAddressByClientCIDRs": [],
    }


def groups(registry: Registry) -> dict[str, Any]:
    """APIGroupList, for clients that do not know the aggregated form."""
    return {
        "kind": "APIGroupList",
        "apiVersion": "v1",
        "groups": [
            _group(group, versions) for group, versions in registry.groups().items() if group
        ],
    }


def group(registry: Registry, name: str) -> dict[str, Any] | None:
    """APIGroup of one group."""
    versions = registry.groups().get(name)
    if not versions:
        return None
    return {"kind": "APIGroup", "apiVersion": "v1", **_group(name, versions)}


def _group(name: str, versions: Sequence[str]) -> dict[str, Any]:
    entries = [
        {"groupVersion": group_version(name, version), "version": version} for version in versions
    ]
    return {"name": name, "versions": entries, "preferredVersion": entries[0]}


def resources(registry: Registry, group: str, version: str) -> dict[str, Any] | None:
    """APIResourceList of one group and version."""
    found = registry.in_version(group, version)
    if not found:
        return None
    return {
        "kind": "APIResourceList",
        "apiVersion": "v1",
        "groupVersion": group_version(group, version),
        "resources": [entry for resource in found for entry in _entries(resource, version)],
    }


def _entries(resource: Resource, version: str) -> list[dict[str, Any]]:
    main: dict[str, Any] = {
        "name": resource.plural,
        "singularName": resource.singular or resource.kind.lower(),
        "namespaced": resource.namespaced,
        "kind": resource.kind,
        "verbs": list(resource.verbs),
    }
    if resource.short_names:
        main["shortNames"] = list(resource.short_names)
    if resource.categories:
        main["categories"] = list(resource.categories)
    entries = [main]
    for name, kind, verbs in subresources(resource, version):
        entry = {
            "name": f"{resource.plural}/{name}",
            "singularName": "",
            "namespaced": resource.namespaced,
            "kind": kind["kind"],
            "verbs": list(verbs),
        }
        if (kind["group"], kind["version"]) != (resource.group, version):
            entry |= {"group": kind["group"], "version": kind["version"]}
        entries.append(entry)
    return entries
