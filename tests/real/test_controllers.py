"""Kubernetes' own programs against the embedded server, with their own defaults."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from loadstone.cluster.provider import provider
from loadstone.protocols import Cluster
from tests.contract.client import Api, Collection
from tests.contract.objects import config_map, deployment, namespace
from tests.contract.resources import (
    CONFIG_MAPS,
    DEPLOYMENTS,
    NAMESPACES,
    NODES,
    PODS,
    SERVICE_ACCOUNTS,
    Resource,
)
from tests.contract.waiting import eventually
from tests.real import apart, binary
from tests.real.conformance import add_node
from tests.real.controllers import controller_manager, kwok, scheduler

pytestmark = [pytest.mark.real, pytest.mark.timeout(1800)]  # the first builds what it needs

QUOTAS = Resource("/api/v1", "resourcequotas", "ResourceQuota")
PATIENCE = 120.0  # s a controller may take on a busy machine


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("controllers")


@pytest.fixture(scope="module")
def cluster(folder: Path) -> Iterator[Cluster]:
    """The embedded server with the real controller manager."""
    with (
        provider("memory").provision(workdir=folder / "memory") as own,
        controller_manager(own.kubeconfig, folder),
    ):
        yield own


@pytest.fixture(scope="module")
def api(cluster: Cluster) -> Iterator[Api]:
    client = Api(cluster.kubeconfig)
    yield client
    client.close()


@pytest.fixture
def space(api: Api, request: pytest.FixtureRequest) -> Iterator[str]:
    name = "n" + str(abs(hash(request.node.name)))[:12]
    api.of(NAMESPACES).create(namespace(name)).ok()
    eventually(lambda: api.of(SERVICE_ACCOUNTS, name).exists("default"), within=PATIENCE)
    yield name
    api.of(NAMESPACES).delete(name)


def test_a_new_namespace_gets_what_controllers_put_there(api: Api, space: str) -> None:
    eventually(lambda: api.of(CONFIG_MAPS, space).exists("kube-root-ca.crt"), within=PATIENCE)


def test_quotas_are_counted_and_what_went_is_taken_off(api: Api, space: str) -> None:
    quotas, maps = api.of(QUOTAS, space), api.of(CONFIG_MAPS, space)
    hard = {"count/configmaps": "3"}
    meta = {"apiVersion": "v1", "kind": "ResourceQuota", "metadata": {"name": "q"}}
    eventually(lambda: maps.exists("kube-root-ca.crt"), within=PATIENCE)
    quotas.create({**meta, "spec": {"hard": hard}}).ok()
    eventually(lambda: _used(quotas) == "1", within=PATIENCE)
    for name in ("a", "b"):
        maps.create(config_map(name)).ok()
    maps.create(config_map("c")).failed(403, "Forbidden")
    maps.delete("a").ok()
    eventually(lambda: _used(quotas) == "2", within=PATIENCE)


def _used(quotas: Collection) -> str:
    return str((quotas.read("q").ok().get("status") or {}).get("used", {}).get("count/configmaps"))


def test_a_deployment_makes_pods_and_takes_them_along(api: Api, space: str) -> None:
    deployments, pods = api.of(DEPLOYMENTS, space), api.of(PODS, space)
    deployments.create(deployment("web", replicas=2)).ok()
    eventually(lambda: len(pods.names()) == 2, within=PATIENCE)
    deployments.delete("web", {"propagationPolicy": "Foreground"}).ok()
    eventually(lambda: not pods.names() and not deployments.names(), within=PATIENCE)


def test_a_namespace_goes_with_all_that_is_in_it(api: Api, space: str) -> None:
    api.of(DEPLOYMENTS, space).create(deployment("web", replicas=1)).ok()
    api.of(NAMESPACES).delete(space).ok()
    eventually(lambda: not api.of(NAMESPACES).exists(space), within=PATIENCE)


def test_nodes_are_ready_and_pods_run(api: Api, cluster: Cluster, space: str, folder: Path) -> None:
    with scheduler(cluster.kubeconfig, folder), kwok(cluster.kubeconfig, folder):
        add_node(api)
        eventually(lambda: _is_ready(api), within=PATIENCE)
        api.of(DEPLOYMENTS, space).create(deployment("web", replicas=3)).ok()

        def available() -> bool:
            found = api.of(DEPLOYMENTS, space).read("web").ok()
            return bool(found["status"].get("availableReplicas") == 3)

        eventually(available, within=PATIENCE)


def _is_ready(api: Api) -> bool:
    return any(
        condition["type"] == "Ready" and condition["status"] == "True"
        for node in api.of(NODES).list().ok()["items"]
        for condition in node["status"].get("conditions") or ()
    )


@pytest.mark.parametrize(("mode", "tool"), [("iptables", "iptables-save"), ("nftables", "nft")])
def test_a_service_becomes_rules_and_they_go_with_it(mode: str, tool: str, tmp_path: Path) -> None:
    if shutil.which(tool) is None:
        pytest.skip(f"kube-proxy's {mode} mode needs {tool}, which is not on this machine")
    binary("kube-proxy")  # before the network is gone
    said = apart.run("tests.real.proxying", mode, str(tmp_path), within=300.0)
    assert json.loads(said)["mode"] == mode
