"""Clusters of every provider count requests and fail them: by themselves, or behind the proxy."""

from __future__ import annotations

import pytest
import yaml

from loadstone.cluster.existing import ExistingProvider
from loadstone.cluster.memory import MemoryProvider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.cluster.proxy import ProxiedCluster
from loadstone.flows.session import counted
from loadstone.measure.api_client import HttpApiClient
from loadstone.protocols import Accountable, Dialable, Resettable, Scalable, SharedCluster
from tests.cluster.test_contract import made


def test_one_that_counts_itself_is_left_alone(tmp_path):
    with counted(MemoryProvider(), tmp_path) as cluster:
        assert not isinstance(cluster, ProxiedCluster)


def test_one_that_does_not_is_put_behind_the_proxy_and_is_else_what_it_was(tmp_path):
    with MemoryProvider().provision(workdir=tmp_path / "theirs") as theirs:
        options = ProviderOptions(kubeconfig=str(theirs.kubeconfig))
        with counted(ExistingProvider(options=options), tmp_path / "ours") as cluster:
            assert isinstance(cluster, ProxiedCluster)
            assert all(isinstance(cluster, kind) for kind in (Accountable, Dialable))
            assert isinstance(cluster, SharedCluster)
            context = yaml.safe_load(cluster.kubeconfig.read_text())["contexts"][0]["context"]
            assert context["namespace"] == cluster.namespace
            client = HttpApiClient(cluster.access)
            client.request("GET", "/api/v1/configmaps")
            client.close()
            assert [key.split(" ")[:2] for key in cluster.accounting().requests] == [
                ["list", "configmaps"]
            ]
            assert isinstance(cluster, Resettable)
            cluster.reset()
            assert not cluster.accounting().requests


@pytest.mark.real
@pytest.mark.timeout(3600)
def test_a_real_control_plane_is_counted_and_scales_as_before(tmp_path):
    with counted(made("hollow"), tmp_path) as cluster:
        assert isinstance(cluster, Scalable)
        cluster.scale(3)
        client = HttpApiClient(cluster.access)
        found = client.request("GET", "/api/v1/nodes")
        client.close()
        assert len(found["items"]) == 3
        assert isinstance(cluster, Accountable)
        assert [key.split(" ")[:2] for key in cluster.accounting().requests] == [["list", "nodes"]]
        assert cluster.alive()
