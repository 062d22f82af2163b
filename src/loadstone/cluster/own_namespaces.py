"""Namespaces of ours in one cluster, one for each side: where components run as pods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, fields, replace
from pathlib import Path

from loadstone.cluster.existing import ExistingCluster, ExistingProvider
from loadstone.cluster.provider import Provider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.model import Accounting
from loadstone.protocols import Cluster, HasAuditLog, RealEndpoints


@dataclass(frozen=True, kw_only=True)
class OwnNamespaces:
    """The namespaces, and the cluster that they are in; None of one that is somebody else's."""

    sides: Sequence[ExistingCluster]
    around: Cluster | None


@dataclass(frozen=True, kw_only=True)
class AuditedNamespace(ExistingCluster):
    """A namespace in a cluster whose API server logs what it is asked, by its pods as well."""

    log: HasAuditLog

    def accounting(self) -> Accounting:
        """The requests by the service accounts of this namespace."""
        return self.log.audited(f"system:serviceaccount:{self.namespace}:")


@contextmanager
def own_namespaces(
    source: Provider, options: ProviderOptions, *, workdir: Path, count: int
) -> Iterator[OwnNamespaces]:
    """So many namespaces in a cluster of the provider, all gone on leaving."""
    with ExitStack() as stack:
        around: Cluster | None = None
        guests: Provider = source
        if not isinstance(source, ExistingProvider):
            around = stack.enter_context(source.provision(workdir=workdir / "cluster"))
            led = replace(options, kubeconfig=str(around.kubeconfig), context="")
            guests = ExistingProvider(options=led)
        made = [
            stack.enter_context(guests.provision(workdir=workdir / f"namespace-{number}"))
            for number in range(count)
        ]
        host = around.endpoint_host if isinstance(around, RealEndpoints) else ""
        sides = [
            _audited(replace(each, provider=source.name, host=host), around)
            for each in made
            if isinstance(each, ExistingCluster)
        ]
        yield OwnNamespaces(sides=sides, around=around)


def _audited(side: ExistingCluster, around: Cluster | None) -> ExistingCluster:
    """The same namespace, with an account of its requests where its cluster has an audit log."""
    if not isinstance(around, HasAuditLog):
        return side
    given = {each.name: getattr(side, each.name) for each in fields(side)}
    return AuditedNamespace(**given, log=around)
