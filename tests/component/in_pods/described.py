"""The fake proxy as a component that is deployed, and a cluster whose node a test plays."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from loadstone import formats
from loadstone.cluster.existing import ExistingCluster, ExistingProvider
from loadstone.cluster.memory import MemoryProvider
from loadstone.cluster.own_namespaces import own_namespaces
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.model import Revision, Side
from loadstone.protocols import Cluster
from tests.fakes.played_node import PlayedNode, played_node
from tests.measure.fakes import world

IMAGE = "python:1"


def revision(side: Side = Side.BASE, image: str = IMAGE) -> Revision:
    """A revision that runs in either place."""
    return Revision(side=side, asked="1", label="1", executable=sys.executable, image=image)


def described(*options: str, timeout: float = 20.0) -> formats.Component:
    """The fake proxy, which runs in either place."""
    args = [str(world.PROXY), ":80", ":81", *options]
    container = {"name": "proxy", "image": "${image}", "args": args}
    deployment: dict[str, Any] = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "proxy"},
        "spec": {
            "selector": {"matchLabels": {"app": "proxy"}},
            "template": {
                "metadata": {"labels": {"app": "proxy"}},
                "spec": {"terminationGracePeriodSeconds": 1, "containers": [container]},
            },
        },
    }
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": "proxy-${namespace}"},
        "rules": [],
    }
    deployed = formats.Kubernetes(
        manifests=[role, deployment],
        workload="Deployment/proxy",
        ports={"http": 80, "admin": 81},
        timeout=timeout,
    )
    component = world.proxy(*options, timeout=timeout)
    return msgspec.structs.replace(component, kubernetes=deployed)


@dataclass(frozen=True)
class PlayedCluster:
    """A cluster of somebody's with a node, and namespaces of ours in it."""

    theirs: Cluster
    node: PlayedNode
    sides: Sequence[ExistingCluster]


@contextmanager
def played_cluster(folder: Path, count: int = 1) -> Iterator[PlayedCluster]:
    with (
        MemoryProvider(options=ProviderOptions()).provision(workdir=folder / "m") as theirs,
        played_node(theirs.access, folder) as node,
    ):
        options = ProviderOptions(kubeconfig=str(theirs.kubeconfig))
        source = ExistingProvider(options=options)
        with own_namespaces(source, options, workdir=folder / "o", count=count) as ours:
            yield PlayedCluster(theirs=theirs, node=node, sides=ours.sides)
