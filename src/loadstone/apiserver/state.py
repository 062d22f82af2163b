"""Server state: the resources, the objects, and the watchers of their changes."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from loadstone.apiserver.machinery.documents import Document, key_of
from loadstone.apiserver.machinery.resources import Registry, Resource
from loadstone.apiserver.storage import object_meta
from loadstone.apiserver.storage.object_store import ObjectStore
from loadstone.apiserver.storage.objects import StoredObject, prepare
from loadstone.apiserver.types import kinds
from loadstone.apiserver.watchers.hub import Hub


@dataclass(kw_only=True)
class State:
    """The state of a server: the resources, the objects, and the watchers of their changes."""

    store: ObjectStore
    rng: random.Random
    registry: Registry = field(default_factory=lambda: Registry(kinds.kinds()))
    hub: Hub = field(default_factory=Hub)
    on_clear: list[Callable[[], None]] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)  # of the request that is answered now

    def __post_init__(self) -> None:
        self.store.listeners.append(self.hub.happened)

    def fill(self) -> None:
        """Create the objects that every cluster has from the beginning."""
        for name in ("default", "kube-system", "kube-public", "kube-node-lease"):
            self.add("namespaces", {"metadata": {"name": name}, **_NAMESPACE})
        self.add("services", _KUBERNETES)
        self.add("configmaps", _AUTHENTICATION)

    def add(self, plural: str, document: Document, group: str = "", version: str = "v1") -> None:
        """Create an object of a built-in kind, without the checks that clients need."""
        resource = self.registry.find(group, version, plural)
        if resource is None:
            raise KeyError(plural)
        document = {**document, "metadata": dict(document["metadata"])}
        object_meta.stamp(resource, document["metadata"], self.rng)
        if plural == "namespaces":
            labels = {"kubernetes.io/metadata.name": document["metadata"]["name"]}
            document["metadata"]["labels"] = labels
        self.store.put(resource, document)

    def resource(self, plural: str, group: str = "") -> Resource:
        """A resource that is always served."""
        found = self.registry.by_key((group, plural))
        if found is None:
            raise KeyError(plural)
        return found

    def namespace(self, name: str) -> StoredObject | None:
        """A namespace, None where it is not there."""
        return self.store.collection(self.resource("namespaces")).objects.get(("", name))

    def write(
        self, resource: Resource, document: Document, *, dry_run: bool = False
    ) -> StoredObject:
        """Store an object, or show what would have been stored."""
        if dry_run:
            current = self.store.collection(resource).objects.get(key_of(document))
            return prepare(resource, document, current.revision if current else 0)
        return self.store.put(resource, document)

    def clear(self) -> None:
        """Back to the beginning: objects, custom resources and watches are gone."""
        self.hub.close()
        self.registry.clear()
        self.store.clear()
        for forget in self.on_clear:
            forget()
        self.fill()


_NAMESPACE: dict[str, Any] = {
    "spec": {"finalizers": ["kubernetes"]},
    "status": {"phase": "Active"},
}
# where components that authenticate their own callers look for who may vouch for them: nobody
_AUTHENTICATION: Document = {
    "metadata": {"name": "extension-apiserver-authentication", "namespace": "kube-system"},
    "data": {
        f"requestheader-{name}": "[]"
        for name in ("allowed-names", "extra-headers-prefix", "group-headers", "username-headers")
    },
}
_KUBERNETES: Document = {
    "metadata": {
        "name": "kubernetes",
        "namespace": "default",
        "labels": {"component": "apiserver", "provider": "kubernetes"},
    },
    "spec": {
        "clusterIP": "10.96.0.1",
        "clusterIPs": ["10.96.0.1"],
        "internalTrafficPolicy": "Cluster",
        "ipFamilies": ["IPv4"],
        "ipFamilyPolicy": "SingleStack",
        "ports": [{"name": "https", "port": 443, "protocol": "TCP", "targetPort": 6443}],
        "sessionAffinity": "None",
        "type": "ClusterIP",
    },
    "status": {"loadBalancer": {}},
}
