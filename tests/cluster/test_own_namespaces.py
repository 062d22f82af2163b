"""Namespaces of ours in one cluster: a side each, whoever the cluster is from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.existing import ExistingCluster
from loadstone.cluster.kind.kind_provider import KindProvider
from loadstone.cluster.memory import MemoryCluster, MemoryProvider
from loadstone.cluster.own_namespaces import own_namespaces
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.formats.configuration import KindSettings
from loadstone.protocols import Accountable, OwnNamespace, Resettable
from tests.cluster.kind.fake import BASE, FakeDocker
from tests.cluster.kind.test_audit_log import line


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


def test_a_namespace_is_told_what_its_own_service_accounts_asked(tmp_path: Path) -> None:
    with MemoryProvider(options=ProviderOptions()).provision(workdir=tmp_path / "m") as server:
        with _on_kind(server, tmp_path / "audited", audit=True) as (docker, (one, other)):
            assert isinstance(one, Accountable)
            assert isinstance(other, Accountable)
            docker.audit.append(_asked_by(one))
            docker.audit.append(line("b").strip())
            assert one.accounting().requests == {"list pods proxy/1.0 (linux/amd64)": 1}
            assert other.accounting().requests == {}
            assert isinstance(one, OwnNamespace)
            one.reset()
        with _on_kind(server, tmp_path / "silent", audit=False) as (_, (one, _)):
            assert not isinstance(one, Accountable)


@contextmanager
def _on_kind(
    server: MemoryCluster, folder: Path, *, audit: bool
) -> Iterator[tuple[FakeDocker, Sequence[ExistingCluster]]]:
    """A namespace for each side on a cluster whose nodes are played."""
    docker = FakeDocker(server)
    settings = KindSettings(image=BASE, audit=audit)
    options = ProviderOptions(find_program=Path, kind=settings)
    source = KindProvider(options=options, execute=docker, container=lambda: "")
    with own_namespaces(source, options, workdir=folder, count=2) as ours:
        yield docker, ours.sides


def _asked_by(side: ExistingCluster) -> str:
    user = {"username": f"system:serviceaccount:{side.namespace}:proxy"}
    return line("a", user=user).strip()
