"""Where the resources of the API live."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Resource:
    """A resource type: the path of its group version, its plural name, its kind."""

    root: str
    plural: str
    kind: str
    namespaced: bool = True

    @property
    def api_version(self) -> str:
        return self.root.split("/", maxsplit=2)[2]

    def path(self, namespace: str = "", name: str = "", subresource: str = "") -> str:
        """The path of a collection, an object or a subresource; no namespace: all of them."""
        space = ("namespaces", namespace) if namespace and self.namespaced else ()
        parts = [self.root, *space, self.plural, *filter(None, (name, subresource))]
        return "/".join(parts)


CONFIG_MAPS = Resource("/api/v1", "configmaps", "ConfigMap")
EVENTS = Resource("/api/v1", "events", "Event")
NAMESPACES = Resource("/api/v1", "namespaces", "Namespace", namespaced=False)
NODES = Resource("/api/v1", "nodes", "Node", namespaced=False)
PODS = Resource("/api/v1", "pods", "Pod")
SECRETS = Resource("/api/v1", "secrets", "Secret")
SERVICE_ACCOUNTS = Resource("/api/v1", "serviceaccounts", "ServiceAccount")
SERVICES = Resource("/api/v1", "services", "Service")
DEPLOYMENTS = Resource("/apis/apps/v1", "deployments", "Deployment")
REPLICA_SETS = Resource("/apis/apps/v1", "replicasets", "ReplicaSet")
STATEFUL_SETS = Resource("/apis/apps/v1", "statefulsets", "StatefulSet")
INGRESSES = Resource("/apis/networking.k8s.io/v1", "ingresses", "Ingress")
LEASES = Resource("/apis/coordination.k8s.io/v1", "leases", "Lease")
CRDS = Resource(
    "/apis/apiextensions.k8s.io/v1",
    "customresourcedefinitions",
    "CustomResourceDefinition",
    namespaced=False,
)
