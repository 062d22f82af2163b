"""The resources of an API server: which there are, by discovery, and the objects of each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from loadstone.cluster.cluster_api import JSON, ClusterApi, api_root, at_once
from loadstone.errors import ClusterFailed

_NONE = (403, 404, 405)  # not for us, not there (any more), not to be listed
METADATA = f"application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,{JSON}"


@dataclass(frozen=True, kw_only=True)
class ServedResource:
    """A resource that an API server serves, in one version of its group."""

    group: str
    version: str
    plural: str
    namespaced: bool
    verbs: frozenset[str]

    @property
    def key(self) -> tuple[str, str]:
        return self.group, self.plural

    def path(self, namespace: str = "", name: str = "") -> str:
        """The path of a collection or object; without a namespace, of those of all of them."""
        root = api_root(self.group, self.version)
        scope = f"/namespaces/{namespace}" if self.namespaced and namespace else ""
        return f"{root}{scope}/{self.plural}" + (f"/{name}" if name else "")


@dataclass(frozen=True, kw_only=True)
class ListedObject:
    """An object as its metadata tell it."""

    resource: ServedResource
    namespace: str
    name: str
    uid: str
    going: bool  # it has been deleted, and waits for those who have a finalizer on it
    finalizers: Sequence[str] = ()
    labels: Mapping[str, str]

    @property
    def key(self) -> tuple[str, str, str, str]:
        return (*self.resource.key, self.namespace, self.name)

    @property
    def path(self) -> str:
        return self.resource.path(self.namespace, self.name)

    def __str__(self) -> str:
        place = f"{self.namespace}/" if self.namespace else ""
        return f"{self.resource.plural} {place}{self.name}"


def served(api: ClusterApi) -> list[ServedResource]:
    """The resources whose objects can be listed and deleted, each in one version.

    A group that does not answer, as one of an aggregated server that has gone, has none.
    """
    groups = api.get("/apis").get("groups", [])
    paths = [("", "v1"), *((group["name"], version) for group in groups for version in _of(group))]
    lists = at_once(lambda each: api.ask("GET", api_root(*each)), paths)
    found: dict[tuple[str, str], ServedResource] = {}
    for (group, version), answer in zip(paths, lists, strict=True):
        for each in _resources(group, version, answer.body if answer.good else {}):
            found.setdefault(each.key, each)
    return list(found.values())


def objects(
    api: ClusterApi, resource: ServedResource, namespace: str = "", *, query: str = ""
) -> list[ListedObject]:
    """The objects of a resource, in one namespace or in all.

    None of one that has gone, or that we may not see. Raises `ClusterFailed` where the server does
    not say: that is not the same as none.
    """
    path = resource.path(namespace) + (f"?{query}" if query else "")
    answer = api.ask("GET", path, accept=METADATA)
    if answer.status in _NONE:
        return []
    if not answer.good:
        raise ClusterFailed(f"{path} cannot be listed: {answer.status} {answer.message}")
    items = answer.body.get("items") or ()
    return [_stored(resource, item["metadata"]) for item in items]


def _of(group: Mapping[str, Any]) -> list[str]:
    """The versions of a group, the preferred one first."""
    preferred = group["preferredVersion"]["version"]
    others = [each["version"] for each in group["versions"] if each["version"] != preferred]
    return [preferred, *others]


def _resources(group: str, version: str, document: Mapping[str, Any]) -> Iterator[ServedResource]:
    for entry in document.get("resources", ()):
        verbs = frozenset(entry.get("verbs", ()))
        if "/" not in entry["name"] and verbs >= {"list", "delete"}:
            yield ServedResource(
                group=group,
                version=version,
                plural=entry["name"],
                namespaced=bool(entry["namespaced"]),
                verbs=verbs,
            )


def _stored(resource: ServedResource, metadata: Mapping[str, Any]) -> ListedObject:
    return ListedObject(
        resource=resource,
        namespace=metadata.get("namespace", ""),
        name=metadata["name"],
        uid=metadata.get("uid", ""),
        going="deletionTimestamp" in metadata,
        finalizers=tuple(metadata.get("finalizers") or ()),
        labels=metadata.get("labels") or {},
    )
