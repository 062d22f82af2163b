"""A cluster that kind has made, all of it ours for as long as this lives."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.emptying import SYSTEM, Emptier
from loadstone.cluster.kind import cluster_config
from loadstone.cluster.kind.audit_log import AuditLog
from loadstone.cluster.kind.docker import Docker
from loadstone.cluster.kind.kind_program import KindProgram
from loadstone.cluster.local_address import local_address
from loadstone.cluster.served_resources import ListedObject
from loadstone.model import Accounting, ApiAccess

NAME = "kind"
GRACE = 1  # s for a pod's containers to end by themselves as the cluster is emptied
_CONTROLLERS = ("kube-controller-manager", "kube-scheduler", "kubelet")


@dataclass(frozen=True, kw_only=True)
class KindCluster:
    """A cluster of real nodes in Docker."""

    access: ApiAccess
    kubeconfig: Path
    version: str
    docker: Docker = field(repr=False)
    program: KindProgram = field(repr=False)
    emptier: Emptier = field(repr=False)
    provider: str = NAME

    @property
    def api(self) -> str:
        return self.access.url

    @property
    def endpoint_host(self) -> str:
        return local_address()

    @property
    def controllers(self) -> Sequence[str]:
        return _CONTROLLERS

    @property
    def measured_on(self) -> Mapping[str, str]:
        return cluster_config.MEASURED

    @property
    def load_on(self) -> Mapping[str, str]:
        return cluster_config.LOAD

    @property
    def load_tolerations(self) -> Sequence[Mapping[str, str]]:
        return cluster_config.tolerations()

    def local_image(self, image: str) -> str:
        return self.docker.local(image)

    def load_image(self, image: str, *, of_load: bool = False) -> None:
        self.program.load_image(image, self._nodes_of_load() if of_load else ())

    def _nodes_of_load(self) -> list[str]:
        """The nodes that are kept for load; none where nobody said which."""
        wanted = cluster_config.LOAD.items()
        with closing(ClusterApi(self.access)) as api:
            found = api.get("/api/v1/nodes").get("items") or ()
        every = [each["metadata"] for each in found]
        return [each["name"] for each in every if wanted <= (each.get("labels") or {}).items()]

    def load_archive(self, archive: Path) -> None:
        self.program.load_archive(archive)

    def reset(self) -> None:
        """What came since it was ready is gone, pods with their containers."""
        self.emptier.empty()

    def alive(self) -> bool:
        with closing(ClusterApi(self.access, timeout=10.0, hasty=True)) as api:
            return api.ready()


@dataclass(frozen=True, kw_only=True)
class AuditedKindCluster(KindCluster):
    """The same, whose API server logs what it is asked."""

    log: AuditLog = field(repr=False)

    def audited(self, users: str = "") -> Accounting:
        return self.log.accounting(users)

    def reset(self) -> None:
        KindCluster.reset(self)
        self.log.clear()


def emptier(api: ClusterApi) -> Emptier:
    """A way to make a cluster as it is now.

    Pods of the system's namespaces stay: one that dies comes again by another name. Those that a
    component has made there go with what they are of.
    """
    return Emptier(api, spared=_of_the_system, grace=GRACE)


def _of_the_system(item: ListedObject) -> bool:
    return item.resource.key == ("", "pods") and item.namespace in SYSTEM
