"""The cluster under contract: one for the session, and a fresh namespace for each test."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from loadstone.cluster.proxy import proxied
from loadstone.model import ApiAccess
from loadstone.protocols import Cluster
from tests.contract.client import Api, Collection
from tests.contract.objects import namespace
from tests.contract.resources import (
    CONFIG_MAPS,
    INGRESSES,
    NAMESPACES,
    SERVICE_ACCOUNTS,
    Resource,
)
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


@dataclass(frozen=True, kw_only=True)
class GivenCluster:
    """The cluster that the suite was given, which has neither dials nor accounting itself."""

    api: str
    kubeconfig: Path
    version: str = "given"
    provider: str = "given"

    @property
    def access(self) -> ApiAccess:
        return ApiAccess(url=self.api)

    def alive(self) -> bool:
        return True


@pytest.fixture
def cluster(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Cluster]:
    """A cluster of the test's own, to dial, count and compact as it likes: an in-memory one.

    With the parameter `proxied`, it is behind the proxy; so may the one be that was given.
    """
    behind = getattr(request, "param", "memory") == "proxied"
    given = os.environ.get(KUBECONFIG)
    if given and not behind:
        pytest.skip("only Loadstone's in-memory server has dials and accounting of its own")
    from loadstone.cluster.memory import MemoryProvider

    with ExitStack() as stack:
        own: Cluster = (
            stack.enter_context(_emptied(Path(given)))
            if given
            else stack.enter_context(MemoryProvider().provision(workdir=tmp_path / "cluster"))
        )
        yield stack.enter_context(proxied(own, workdir=tmp_path)) if behind else own


@contextmanager
def _emptied(kubeconfig: Path) -> Iterator[GivenCluster]:
    """The cluster that was given, without what these tests make in its default namespace."""
    client = Api(kubeconfig)
    try:
        yield GivenCluster(api=client.url, kubeconfig=kubeconfig)
        for resource in (CONFIG_MAPS, INGRESSES):
            client.of(resource, "default").delete_all().ok()
    finally:
        client.close()


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
