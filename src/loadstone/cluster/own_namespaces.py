"""Namespaces of ours in one cluster, one for each side: where components run as pods."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from loadstone.cluster.existing import ExistingCluster, ExistingProvider
from loadstone.cluster.provider import Provider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.protocols import Cluster, RealEndpoints


@dataclass(frozen=True, kw_only=True)
class OwnNamespaces:
    """The namespaces, and the cluster that they are in; None of one that is somebody else's."""

    sides: Sequence[ExistingCluster]
    around: Cluster | None


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
            replace(each, provider=source.name, host=host)
            for each in made
            if isinstance(each, ExistingCluster)
        ]
        yield OwnNamespaces(sides=sides, around=around)
