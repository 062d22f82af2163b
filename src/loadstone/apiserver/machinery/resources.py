"""Resources: kinds that are served, built in or defined by CustomResourceDefinitions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

VERBS = ("create", "delete", "deletecollection", "get", "list", "patch", "update", "watch")


@dataclass(frozen=True, kw_only=True)
class CustomVersion:
    """A served version of a custom resource."""

    name: str
    schema: Mapping[str, Any] = field(default_factory=dict)
    columns: tuple[Mapping[str, Any], ...] = ()
    scale: Mapping[str, str] | None = None  # paths of the scale subresource
    status: bool = False
    selectable: frozenset[str] = frozenset()  # labels of field selectors


@dataclass(frozen=True, kw_only=True, eq=False)
class Resource:
    """A kind of object. `fields`: label of a field selector → path in the object."""

    group: str
    version: str  # preferred, and the one its objects are stored in
    plural: str
    kind: str
    namespaced: bool = True
    singular: str = ""
    list_kind: str = ""
    short_names: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    subresources: frozenset[str] = frozenset()
    verbs: tuple[str, ...] = VERBS
    fields: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    zeros: Mapping[str, str] = field(default_factory=dict)  # what an absent field is selected by
    generation: bool = False  # counts changes of its specification
    dns_label: bool = False  # names are DNS labels rather than subdomains
    free_name: bool = False  # names are path segments (roles)
    returned: bool = False  # a deletion answers with the object rather than a Status
    orphans: bool = False  # dependents outlive it unless the deletion says otherwise
    conditional: bool = False  # an update has to name the resource version it is based on
    kept_as: tuple[str, str] | None = None  # of a view: group and plural of what it shows
    versions: tuple[CustomVersion, ...] = ()  # of a custom resource: every served one

    @property
    def custom(self) -> bool:
        """Whether a definition defines it."""
        return bool(self.versions)

    @property
    def key(self) -> tuple[str, str]:
        """Group and plural of what is kept, which versions and views share."""
        return self.kept_as or (self.group, self.plural)

    @property
    def qualified(self) -> str:
        """The resource as messages name it: `ingresses.networking.k8s.io`."""
        return f"{self.plural}.{self.group}" if self.group else self.plural

    @property
    def list_name(self) -> str:
        """The kind of its lists."""
        return self.list_kind or f"{self.kind}List"

    @property
    def served(self) -> tuple[str, ...]:
        """The names of the versions, preferred first."""
        return tuple(version.name for version in self.versions) or (self.version,)

    def has_status(self, version: str) -> bool:
        """Whether status is written through a subresource of its own."""
        for known in self.versions:
            if known.name == version:
                return known.status
        return "status" in self.subresources

    def definition(self, version: str) -> CustomVersion | None:
        """The version of a custom resource; None for a built-in one."""
        return next((known for known in self.versions if known.name == version), None)


def group_version(group: str, version: str) -> str:
    """The apiVersion of a group and version: `apps/v1`, `v1`."""
    return f"{group}/{version}" if group else version


class Registry:
    """The registry of all resources that are served now, by group, version and plural."""

    def __init__(self, builtin: Iterable[Resource]) -> None:
        self._builtin = tuple(builtin)
        self._served: dict[tuple[str, str, str], Resource] = {}
        self._by_key: dict[tuple[str, str], Resource] = {}
        self.changes = 0  # discovery documents are cached until this moves
        self.clear()

    def clear(self) -> None:
        """Forget every custom resource."""
        self._served.clear()
        self._by_key.clear()
        for resource in self._builtin:
            self.add(resource)

    def add(self, resource: Resource) -> None:
        """Serve a resource, in place of an earlier one with its key."""
        if resource.kept_as is None:
            self.remove(resource.key)
            self._by_key[resource.key] = resource
        for version in resource.served:
            self._served[resource.group, version, resource.plural] = resource
        self.changes += 1

    def remove(self, key: tuple[str, str]) -> None:
        """Serve it no longer, in any version."""
        if self._by_key.pop(key, None) is None:
            return
        group, plural = key
        for place in [place for place in self._served if (place[0], place[2]) == (group, plural)]:
            del self._served[place]
        self.changes += 1

    def find(self, group: str, version: str, plural: str) -> Resource | None:
        """The resource at a place, None when nothing is served there."""
        return self._served.get((group, version, plural))

    def by_key(self, key: tuple[str, str]) -> Resource | None:
        """The resource, whatever its version."""
        return self._by_key.get(key)

    def groups(self) -> dict[str, list[str]]:
        """Group → versions, both in the order in which they were defined."""
        found: dict[str, list[str]] = {}
        for group, version, _ in self._served:
            versions = found.setdefault(group, [])
            if version not in versions:
                versions.append(version)
        return found

    def in_version(self, group: str, version: str) -> list[Resource]:
        """The resources of one group and version."""
        return [
            resource
            for (a_group, a_version, _), resource in self._served.items()
            if (a_group, a_version) == (group, version)
        ]

    def __iter__(self) -> Iterator[Resource]:
        return iter(tuple(self._by_key.values()))

    def namespaced(self) -> list[Resource]:
        """The resources whose objects have namespaces."""
        return [resource for resource in self if resource.namespaced]
