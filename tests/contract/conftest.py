"""The cluster under contract: one for the session, and a fresh namespace for each test."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.contract.client import Api, Collection
from tests.contract.objects import namespace
from tests.contract.resources import CONFIG_MAPS, NAMESPACES, SERVICE_ACCOUNTS, Resource
from tests.contract.waiting import eventually

if TYPE_CHECKING:
    from loadstone.cluster.memory import MemoryCluster

KUBECONFIG = "LOADSTONE_CONTRACT_KUBECONFIG"


@dataclass(frozen=True, kw_only=True)
class Target:
    """The cluster of this session; `ours` only where Loadstone provisioned it itself."""

    kubeconfig: Path
    ours: MemoryCluster | None


@dataclass(frozen=True)
class Space:
    """One namespace, through one client."""

    api: Api
    name: str

    def of(self, resource: Resource) -> Collection:
        return self.api.of(resource, self.name)


@pytest.fixture(scope="session")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    given = os.environ.get(KUBECONFIG)
    if given:
        yield Target(kubeconfig=Path(given), ours=None)
        return
    from loadstone.cluster.memory import MemoryProvider

    with MemoryProvider().provision(workdir=tmp_path_factory.mktemp("memory")) as cluster:
        yield Target(kubeconfig=cluster.kubeconfig, ours=cluster)


@pytest.fixture(scope="session")
def api(target: Target) -> Iterator[Api]:
    client = Api(target.kubeconfig)
    yield client
    client.close()


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[MemoryCluster]:
    """An in-memory cluster of the test's own, to dial, count and compact as it likes."""
    if os.environ.get(KUBECONFIG):
        pytest.skip("only Loadstone's in-memory server has dials and accounting")
    from loadstone.cluster.memory import MemoryProvider

    with MemoryProvider().provision(workdir=tmp_path / "cluster") as own:
        yield own


@pytest.fixture
def connect(cluster: MemoryCluster) -> Iterator[Callable[..., Api]]:
    """Clients of the test's own cluster, by user agent."""
    clients: list[Api] = []

    def open_(agent: str = "contract-suite/1.0") -> Api:
        clients.append(Api(cluster.kubeconfig, agent=agent))
        return clients[-1]

    yield open_
    for client in clients:
        client.close()


@pytest.fixture(scope="session")
def gives_accounts(api: Api) -> bool:
    """Whether every namespace gets a service account, and pods are refused until it is there."""
    return api.of(SERVICE_ACCOUNTS, "default").exists("default")


@pytest.fixture
def space(api: Api, gives_accounts: bool) -> Iterator[Space]:
    made = Space(api, f"contract-{secrets.token_hex(4)}")
    api.of(NAMESPACES).create(namespace(made.name)).ok()
    if gives_accounts:
        eventually(lambda: made.of(SERVICE_ACCOUNTS).exists("default"))
    yield made
    api.of(NAMESPACES).delete(made.name)


@pytest.fixture
def maps(space: Space) -> Collection:
    """The ConfigMaps of the test's namespace: the plainest resource there is."""
    return space.of(CONFIG_MAPS)


@pytest.fixture
def unique() -> str:
    """A name that no other test, and no earlier session, has used."""
    return f"contract-{secrets.token_hex(4)}"
