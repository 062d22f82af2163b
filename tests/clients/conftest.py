"""A cluster of the tests' own, and kubectl's view of it."""

from __future__ import annotations

import gc
import sys
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loadstone.cluster.provider import provider
from loadstone.protocols import Cluster
from tests.contract.client import Api
from tests.contract.resources import CRDS, Resource
from tests.contract.waiting import eventually


@pytest.fixture(scope="session", autouse=True)
def open_connections() -> Iterator[None]:
    """Connections that these clients leave open are theirs: collected here, and no test's fault."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        clients = sys.modules.get("kr8s._api")
        if clients is not None:
            clients.Api._instances.clear()
        gc.collect()


@pytest.fixture(autouse=True)
def left_open(open_connections: None) -> Iterator[None]:
    """The same after each test."""
    yield
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ResourceWarning)
        gc.collect()


@pytest.fixture(scope="session")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    with provider("memory").provision(workdir=tmp_path_factory.mktemp("clients")) as made:
        yield made


@pytest.fixture(scope="session")
def api(cluster: Cluster) -> Iterator[Api]:
    client = Api(cluster.kubeconfig)
    yield client
    client.close()


def define(api: Api, group: str, plural: str, kind: str) -> Resource:
    """A custom resource as controller-gen defines it, served."""
    spec = {"type": "object", "properties": {"text": {"type": "string"}}}
    free = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
    properties: dict[str, Any] = {"metadata": {"type": "object"}, "spec": spec, "status": free}
    version = {
        "name": "v1",
        "served": True,
        "storage": True,
        "subresources": {"status": {}},
        "schema": {"openAPIV3Schema": {"type": "object", "properties": properties}},
    }
    names = {"plural": plural, "kind": kind, "singular": kind.lower()}
    api.of(CRDS).create(
        {
            "metadata": {"name": f"{plural}.{group}"},
            "spec": {"group": group, "scope": "Namespaced", "names": names, "versions": [version]},
        }
    ).ok()
    found = Resource(f"/apis/{group}/v1", plural, kind)
    eventually(lambda: api.of(found, "default").list().status == 200)
    return found


@pytest.fixture
def kubeconfig(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The cluster's kubeconfig, which clients find in the environment."""
    monkeypatch.setenv("KUBECONFIG", str(cluster.kubeconfig))
    return cluster.kubeconfig
