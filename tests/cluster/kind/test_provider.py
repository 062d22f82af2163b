"""The provider `kind`: what it makes is ready and ours, and gone whatever fails on the way."""

from __future__ import annotations

import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from loadstone.cluster.kind import cluster_labels
from loadstone.cluster.kind.cluster_config import LOAD
from loadstone.cluster.kind.kind_provider import KindProvider
from loadstone.cluster.memory import MemoryCluster, MemoryProvider
from loadstone.cluster.provider import CountsPods, LoadsImages
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.component.in_pods.local_images import put_on_nodes
from loadstone.errors import ClusterFailed, MissingTool, UsageError
from loadstone.formats.configuration import KindSettings
from loadstone.protocols import (
    Accountable,
    Cluster,
    HasAuditLog,
    HasControllers,
    Resettable,
    RunsPods,
    Scalable,
)
from tests.cluster.kind.fake import BASE, FakeDocker

SESSION = "loadstone-0123456789"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[MemoryCluster]:
    with MemoryProvider().provision(workdir=tmp_path_factory.mktemp("server")) as cluster:
        yield cluster


@pytest.fixture
def docker(server: MemoryCluster) -> FakeDocker:
    return FakeDocker(server)


def provider(
    docker: FakeDocker,
    *,
    container: str = "",
    pods: bool = False,
    sleep: Callable[[float], object] = lambda _: None,
    **more: Any,
) -> KindProvider:
    options = {name: more.pop(name) for name in ("logs", "labels") if name in more}
    return KindProvider(
        options=ProviderOptions(
            find_program=Path,
            kind=KindSettings(image=BASE, **more),
            pods=pods,
            **options,
        ),
        execute=docker,
        container=lambda: container,
        sleep=sleep,
    )


def test_a_cluster_can_what_real_nodes_can(docker: FakeDocker, tmp_path: Path) -> None:
    with provider(docker).provision(workdir=tmp_path / "cluster-0") as made:
        cluster: Cluster = made
        able = (Resettable, HasControllers, RunsPods, HasAuditLog)
        assert [isinstance(cluster, each) for each in able] == [True] * len(able)
        assert not isinstance(cluster, Scalable)
        assert not isinstance(cluster, Accountable), "it is put behind the proxy"
        assert cluster.alive()
    assert docker.things() == set()


def test_the_users_own_kubeconfig_is_never_touched(docker: FakeDocker, tmp_path: Path) -> None:
    with provider(docker).provision(workdir=tmp_path / "cluster-0"):
        pass
    for command in docker.commands:
        if command[:2] == ["kind", "create"]:
            file = Path(command[command.index("--kubeconfig") + 1])
            assert file.is_relative_to(tmp_path)


def test_nothing_is_left_whichever_command_fails(docker: FakeDocker, tmp_path: Path) -> None:
    _a_session(docker, tmp_path / "whole")
    for number in range(1, len(docker.commands) + 1):
        fake = FakeDocker(docker.server, failing=number)
        _a_session(fake, tmp_path / str(number))
        _sweep(fake)  # for the one of these commands that removes
        assert fake.things() == set(), fake.commands[number - 1]


def test_a_session_that_is_killed_at_any_command_leaves_what_a_sweep_finds(
    docker: FakeDocker, tmp_path: Path
) -> None:
    _a_session(docker, tmp_path / "whole")
    for number in range(1, len(docker.commands) + 1):
        fake = FakeDocker(docker.server, failing=number, stops=True)
        _a_session(fake, tmp_path / str(number))
        left = fake.things()
        assert bool(_sweep(fake)) == bool(left), fake.commands[number - 1]
        assert fake.things() == set(), fake.commands[number - 1]


def _a_session(docker: FakeDocker, folder: Path) -> None:
    """A session from its beginning to a failure of its own, or that of a command before."""
    with pytest.raises(ClusterFailed), provider(docker).provision(workdir=folder):
        raise ClusterFailed("so that something fails whichever command does")


def _sweep(docker: FakeDocker) -> list[str]:
    """The sweep of somebody who comes when the session is over."""
    for labels in (*docker.images.values(), *docker.containers.values()):
        if cluster_labels.OWNER in labels:
            labels[cluster_labels.OWNER] = "1:0.00"
    docker.failing = 0
    return provider(docker).sweep()


def test_a_sweep_touches_nothing_that_is_in_use_or_not_ours(docker: FakeDocker) -> None:
    now = time.time()
    elsewhere = cluster_labels.labels(SESSION, owner="1:0.00", machine="another", now=now)
    long_ago = cluster_labels.labels("loadstone-over", owner="1:0.00", machine="another", now=0.0)
    docker.containers = {
        "theirs": {"io.x-k8s.kind.cluster": "loadstone-by-name-alone"},
        "half": {cluster_labels.CLUSTER: "mine", cluster_labels.OWNER: "1:0.00"},
        "elsewhere": elsewhere,
        "over": long_ago,
    }
    assert provider(docker).sweep() == ["kind cluster loadstone-over"]
    assert set(docker.containers) == {"theirs", "half", "elsewhere"}


def test_a_node_that_comes_after_its_session_was_swept_goes_as_well(docker: FakeDocker) -> None:
    """The daemon goes on with what it was asked for by a program that was killed."""
    left = cluster_labels.labels("loadstone-over", owner="1:0.00", machine="another", now=0.0)
    docker.containers = {"first": left}
    coming = iter([[], [], ["second"], [], [], ["third"]])

    def later(_: float) -> None:
        docker.containers |= dict.fromkeys(next(coming, []), left)

    assert provider(docker, sleep=later).sweep() == ["kind cluster loadstone-over"]
    assert docker.containers == {}


@pytest.mark.parametrize(
    "said", ["No such container", "removal of container a is already in progress"]
)
def test_a_node_that_is_being_made_or_removed_is_waited_for(docker: FakeDocker, said: str) -> None:
    """It is listed, and to look at it is an error as of one that is not there."""
    docker.coming_said = said
    left = cluster_labels.labels("loadstone-over", owner="1:0.00", machine="another", now=0.0)
    docker.coming = {"first": left}
    assert provider(docker).sweep() == ["kind cluster loadstone-over"]
    assert docker.coming == docker.containers == {}


def test_where_there_is_no_docker_there_is_nothing_to_sweep(docker: FakeDocker) -> None:
    def nowhere(program: str) -> Path:
        raise MissingTool(f"there is no program `{program}`", next_step="get it")

    assert KindProvider(options=ProviderOptions(find_program=nowhere)).sweep() == []
    docker.failing = 1
    assert provider(docker).sweep() == []
    lacking = KindProvider(options=ProviderOptions(find_program=nowhere)).problems()
    assert {"docker", "kind"} <= {problem.where for problem in lacking}


def test_a_daemon_that_does_not_answer_is_a_problem_of_this_machine(docker: FakeDocker) -> None:
    docker.failing = 1
    (problem,) = [each for each in provider(docker).problems() if "daemon" in each.where]
    assert "as it was told to" in problem.what


def test_a_job_finds_its_cluster_by_its_own_labels(docker: FakeDocker, tmp_path: Path) -> None:
    labels = {"loadstone.run": "7-1"}
    with provider(docker, labels=labels).provision(workdir=tmp_path / "cluster-0"):
        nodes = [each for each in docker.containers.values() if "io.x-k8s.kind.cluster" in each]
        assert nodes
        assert all(labels.items() <= each.items() for each in nodes)


@pytest.mark.parametrize(
    ("workers", "measured", "load", "kept"),
    [(0, 0, 0, False), (1, 1, 0, False), (2, 1, 2, True), (3, 1, 3, True)],
)
def test_load_and_what_is_measured_are_apart_where_there_is_room(
    docker: FakeDocker, tmp_path: Path, workers: int, measured: int, load: int, kept: bool
) -> None:
    with provider(docker, workers=workers).provision(workdir=tmp_path / "cluster-0") as cluster:
        nodes = docker.configs[0]["nodes"]
        assert [each["role"] for each in nodes] == ["control-plane", *["worker"] * workers]
        assert cluster.measured_on.items() <= nodes[measured]["labels"].items()
        assert cluster.load_on.items() <= nodes[load]["labels"].items()
        keys = [
            {taint["key"] for taint in each.get("spec", {}).get("taints", ())}
            for each in _nodes(cluster)
        ]
        ((ours, _),) = LOAD.items()
        assert [ours in each for each in keys] == [
            kept and number == load for number in range(workers + 1)
        ]


def _nodes(cluster: Cluster) -> list[dict[str, Any]]:
    from contextlib import closing

    from loadstone.cluster.cluster_api import ClusterApi

    with closing(ClusterApi(cluster.access)) as api:
        found: list[dict[str, Any]] = api.get("/api/v1/nodes")["items"]
    return sorted(found, key=lambda node: str(node["metadata"]["name"]))


def test_pods_get_nodes_of_their_own_and_local_processes_none() -> None:
    from loadstone.cluster.kind.cluster_config import workers

    assert workers(KindSettings(), pods=True) == 2
    assert workers(KindSettings(), pods=False) == 0
    assert workers(KindSettings(workers=1), pods=True) == 1


def test_images_are_on_the_nodes_before_it_is_given_out(docker: FakeDocker, tmp_path: Path) -> None:
    archive = tmp_path / "mine.tar"
    archive.touch()
    more: dict[str, Any] = {"images": ["mine:1"], "archives": [str(archive)]}
    with provider(docker, **more).provision(workdir=tmp_path / "cluster-0") as cluster:
        assert docker.loaded == ["mine:1", str(archive)]
        cluster.load_image("mine:2")
        assert docker.loaded[-1] == "mine:2"


def test_which_images_this_machine_has_is_asked_of_its_docker(
    docker: FakeDocker, tmp_path: Path
) -> None:
    docker.images["mine:1"] = {}
    source = provider(docker, images=["mine:1", "lost:1"])
    assert isinstance(source, LoadsImages)
    assert source.local_image("mine:1") == "sha256:of-mine:1"
    assert source.local_image("lost:1") == ""
    assert [each.where for each in source.problems() if ":" in each.where] == ["lost:1"]
    with provider(docker).provision(workdir=tmp_path / "cluster-0") as cluster:
        assert put_on_nodes(cluster, ["mine:1", "lost:1"]) == {"mine:1": "sha256:of-mine:1"}
        assert docker.loaded == ["mine:1"]


@pytest.mark.parametrize(
    ("workers", "load"), [(0, "node-0"), (1, "node-0"), (2, "node-2"), (3, "node-3")]
)
def test_an_image_of_load_is_put_on_its_node_and_any_other_on_every_node(
    docker: FakeDocker, tmp_path: Path, workers: int, load: str
) -> None:
    docker.images |= {"measured:1": {}, "load:1": {}}
    source = provider(docker, pods=True, workers=workers)
    with source.provision(workdir=tmp_path / "cluster-0") as cluster:
        put_on_nodes(cluster, ["measured:1"], ["load:1"])
    assert docker.loaded_on == {"measured:1": "", "load:1": load}


def test_an_image_is_put_on_every_node_where_none_says_what_it_is_for(
    docker: FakeDocker, tmp_path: Path
) -> None:
    docker.images["load:1"] = {}
    source = provider(docker, pods=True, config={"nodes": [{"role": "control-plane"}] * 3})
    with source.provision(workdir=tmp_path / "cluster-0") as cluster:
        put_on_nodes(cluster, [], ["load:1"])
    assert docker.loaded_on == {"load:1": ""}


def test_requests_of_pods_are_counted_unless_the_log_is_off(docker: FakeDocker) -> None:
    for audit in (True, False):
        source = provider(docker, audit=audit)
        assert isinstance(source, CountsPods)
        assert source.counts_pods is audit


def test_archives_that_are_lost_are_all_named_before_anything_starts(
    docker: FakeDocker, tmp_path: Path
) -> None:
    lost = provider(docker, archives=["/nowhere/a.tar", "/nowhere/b.tar"])
    with pytest.raises(UsageError, match=r"a\.tar.*b\.tar"), lost.provision(workdir=tmp_path):
        pass
    assert docker.commands == []
    assert {"/nowhere/a.tar", "/nowhere/b.tar"} <= {each.where for each in lost.problems()}


def test_from_a_container_the_way_is_kinds_network_until_the_end(
    docker: FakeDocker, tmp_path: Path
) -> None:
    docker.containers["us"] = {}
    with provider(docker, container="us").provision(workdir=tmp_path / "cluster-0"):
        assert docker.networked == {"us"}
        assert [
            word for command in docker.commands for word in command if word == "--internal"
        ] == ["--internal"]
    assert docker.networked == set()


def test_who_is_in_the_network_already_stays_in_it(docker: FakeDocker, tmp_path: Path) -> None:
    docker.containers["us"] = {}
    docker.networked.add("us")
    with provider(docker, container="us").provision(workdir=tmp_path / "cluster-0"):
        pass
    assert docker.networked == {"us"}


@pytest.mark.parametrize("container", ["", "of-another-docker"])
def test_a_container_of_another_docker_goes_by_the_host(
    docker: FakeDocker, tmp_path: Path, container: str
) -> None:
    with provider(docker, container=container).provision(workdir=tmp_path / "cluster-0"):
        assert docker.networked == set()
    wanting = provider(docker, container=container, network="kind")
    with pytest.raises(UsageError, match="network: kind"):  # noqa: SIM117
        with wanting.provision(workdir=tmp_path / "cluster-1"):
            pass
    assert docker.things() == set()


def test_where_something_fails_the_logs_that_can_be_had_are_kept(
    docker: FakeDocker, tmp_path: Path
) -> None:
    out = tmp_path / "out"
    broken = provider(docker, logs=out)
    with (
        pytest.raises(ClusterFailed) as failed,
        broken.provision(workdir=tmp_path / "cluster-0"),
    ):
        raise ClusterFailed("no pod came", next_step="look")
    kept = out / "cluster-0-logs.tar.gz"
    assert str(kept) in failed.value.next_step
    assert failed.value.next_step.startswith("look; ")
    with tarfile.open(kept) as archive:
        assert any(name.endswith("kubelet.log") for name in archive.getnames())


def test_where_the_question_was_wrong_no_logs_are_kept(docker: FakeDocker, tmp_path: Path) -> None:
    wrong = provider(docker, logs=tmp_path / "out")
    with pytest.raises(UsageError), wrong.provision(workdir=tmp_path / "cluster-0"):
        raise UsageError("it wants 10 nodes")
    assert not (tmp_path / "out").exists()


def test_an_image_that_is_not_to_be_had_is_said_with_its_name(
    docker: FakeDocker, tmp_path: Path
) -> None:
    docker.images.clear()
    with pytest.raises(ClusterFailed, match=r"node-image:1.*not found"):  # noqa: SIM117
        with provider(docker).provision(workdir=tmp_path / "cluster-0"):
            pass


def test_clusters_that_differ_in_anything_have_another_identity(docker: FakeDocker) -> None:
    programs = {"kind": Path("/bin/true"), "docker": Path("docker")}

    def identity(**more: Any) -> str:
        options = ProviderOptions(
            find_program=programs.__getitem__, kind=KindSettings(image=BASE, **more)
        )
        return KindProvider(options=options, execute=docker).identity()

    ways = [identity(), identity(workers=1), identity(audit=False)]
    assert len(set(ways)) == len(ways)
    assert all(BASE in way and "sha256:" in way for way in ways)
    assert identity() == ways[0]


def test_without_an_audit_log_nothing_is_counted_by_it(docker: FakeDocker, tmp_path: Path) -> None:
    with provider(docker, audit=False).provision(workdir=tmp_path / "cluster-0") as cluster:
        assert not isinstance(cluster, HasAuditLog)
        assert "kubeadmConfigPatches" not in docker.configs[0]


def test_what_the_user_patches_comes_before_what_the_audit_log_needs(
    docker: FakeDocker, tmp_path: Path
) -> None:
    from loadstone.formats.configuration import KindConfig

    config = KindConfig(kubeadm_patches=["kind: KubeletConfiguration\nmaxPods: 200\n"])
    with provider(docker, config=config).provision(workdir=tmp_path / "cluster-0"):
        patches = [yaml.safe_load(each) for each in docker.configs[0]["kubeadmConfigPatches"]]
    assert [each["kind"] for each in patches] == ["KubeletConfiguration", "ClusterConfiguration"]
    assert {"audit-policy-file", "audit-log-path"} <= set(patches[1]["apiServer"]["extraArgs"])
