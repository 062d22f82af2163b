"""Namespaces of ours in one cluster: a side each, whoever the cluster is from."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.memory import MemoryProvider
from loadstone.cluster.own_namespaces import own_namespaces
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.protocols import OwnNamespace, Resettable


def test_a_cluster_that_is_made_has_a_namespace_for_each_side(tmp_path: Path) -> None:
    options = ProviderOptions()
    source = MemoryProvider(options=options)
    with own_namespaces(source, options, workdir=tmp_path, count=2) as ours:
        one, other = ours.sides
        assert ours.around is not None
        assert one.namespace != other.namespace
        assert {one.provider, other.provider} == {"memory"}
        assert isinstance(one, OwnNamespace)
        assert isinstance(one, Resettable)
        with closing(ClusterApi(ours.around.access)) as api:
            one.reset()
            for side in ours.sides:
                assert api.ask("GET", f"/api/v1/namespaces/{side.namespace}").good
