"""A cluster of real nodes: pods run where they should, images come, requests are logged."""

from __future__ import annotations

import subprocess
import tarfile
from collections.abc import Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.kind.kind_cluster import AuditedKindCluster
from loadstone.cluster.kind.kind_provider import KindProvider
from loadstone.cluster.kind.network_way import joined
from loadstone.cluster.proxy import proxied
from loadstone.errors import ClusterFailed
from loadstone.formats.configuration import kind_settings
from loadstone.measure.api_client import HttpApiClient
from loadstone.protocols import Accountable, HasAuditLog
from tests.action.harness import images
from tests.cluster.test_contract import named
from tests.contract.waiting import eventually
from tests.kind.ground import Ground, ground
from tests.real import binary, build

pytestmark = [pytest.mark.kind, pytest.mark.timeout(1800)]

PATIENCE = 120.0  # s; each ends as soon as it is so
PODS = "/api/v1/namespaces/default/pods"
MAPS = "/api/v1/namespaces/default/configmaps"
OWN_IMAGE = f"{images.PLACE}/waiting:1"  # on no registry


@pytest.fixture(scope="module")
def there() -> Ground:
    return ground()


@pytest.fixture(scope="module")
def cluster(
    there: Ground, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AuditedKindCluster]:
    folder = tmp_path_factory.mktemp("kind")
    provider = KindProvider(options=there.options(pods=True))
    with provider.provision(workdir=folder / "cluster-0") as made:
        assert isinstance(made, AuditedKindCluster)
        yield made


@pytest.fixture
def api(cluster: AuditedKindCluster) -> Iterator[ClusterApi]:
    with closing(ClusterApi(cluster.access)) as client:
        yield client
        cluster.reset()


@pytest.fixture(scope="module")
def loaded(
    there: Ground, cluster: AuditedKindCluster, tmp_path_factory: pytest.TempPathFactory
) -> str:
    """An image that only we have, on every node."""
    folder = tmp_path_factory.mktemp("image")
    (folder / "pause").write_bytes(binary("pause").read_bytes())
    (folder / "pause").chmod(0o755)
    (folder / "Dockerfile").write_text('FROM scratch\nCOPY pause /\nENTRYPOINT ["/pause"]\n')
    there.docker("build", "--quiet", f"--tag={OWN_IMAGE}", str(folder))
    cluster.load_image(OWN_IMAGE)
    return OWN_IMAGE


def pod(name: str, image: str, **spec: Any) -> dict[str, Any]:
    container = {"name": "c", "image": image, "imagePullPolicy": "Never"}
    return named(name, "Pod", spec={"containers": [container], **spec})


def phase(api: ClusterApi, name: str) -> str:
    return str(api.get(f"{PODS}/{name}").get("status", {}).get("phase"))


def _runs(api: ClusterApi, name: str) -> bool:
    return phase(api, name) == "Running"


def test_what_is_measured_and_its_load_run_on_nodes_of_their_own(
    cluster: AuditedKindCluster, api: ClusterApi, loaded: str
) -> None:
    load = {"nodeSelector": dict(cluster.load_on)}
    tolerations = {"tolerations": list(cluster.load_tolerations)}
    for made in (
        pod("measured", loaded, nodeSelector=dict(cluster.measured_on)),
        pod("load", loaded, **load, **tolerations),
        pod("stranger", loaded, **load),
    ):
        api.done("POST", PODS, made)
    for name in ("measured", "load"):
        eventually(partial(_runs, api, name), within=PATIENCE)
    nodes = {
        name: api.get(f"{PODS}/{name}")["spec"].get("nodeName") for name in ("measured", "load")
    }
    assert len(set(nodes.values())) == 2
    assert not any("control-plane" in node for node in nodes.values())
    assert phase(api, "stranger") == "Pending"


def test_a_reset_ends_the_containers_of_pods_before_it_returns(
    there: Ground, cluster: AuditedKindCluster, api: ClusterApi, loaded: str
) -> None:
    labels = {"app": "web"}
    template = {"metadata": {"labels": labels}, "spec": pod("x", loaded)["spec"]}
    spec = {"replicas": 3, "selector": {"matchLabels": labels}, "template": template}
    deployments = "/apis/apps/v1/namespaces/default/deployments"
    api.done("POST", deployments, named("web", "Deployment", "apps/v1", spec=spec))
    eventually(lambda: _running(there, cluster, loaded) == 3, within=PATIENCE)
    cluster.reset()
    assert api.get(PODS)["items"] == []
    assert _running(there, cluster, loaded) == 0


def _running(there: Ground, cluster: AuditedKindCluster, image: str) -> int:
    """How many containers of an image run on all nodes together."""
    selected = f"--filter=label=io.x-k8s.kind.cluster={cluster.program.name}"
    listing = ("ctr", "--namespace=k8s.io", "containers", "list")
    tasks = ("ctr", "--namespace=k8s.io", "tasks", "list")
    count = 0
    for node in there.docker("ps", "--quiet", selected).split():
        live = {line.split()[0] for line in there.docker("exec", node, *tasks).splitlines()[1:]}
        rows = [line.split() for line in there.docker("exec", node, *listing).splitlines()[1:]]
        count += sum(row[0] in live and image in row[1] for row in rows)
    return count


def test_the_audit_log_counts_what_the_proxy_counts(
    cluster: AuditedKindCluster, api: ClusterApi, tmp_path: Path
) -> None:
    cluster.reset()
    with proxied(cluster, workdir=tmp_path) as counted:
        client = HttpApiClient(counted.access)
        for number in range(5):
            client.request("POST", MAPS, named(f"map-{number}"))
        for _ in range(7):
            client.request("GET", MAPS)
        client.request("DELETE", f"{MAPS}/map-0")
        client.close()
        assert isinstance(counted, Accountable)
        by_proxy = counted.accounting().requests
        assert isinstance(counted, HasAuditLog)
        assert sum(by_proxy.values()) == 13
        eventually(lambda: _of(counted.audited().requests, by_proxy) == by_proxy, within=10)
        assert counted.audited("system:serviceaccount:").requests == {}
    cluster.reset()
    assert _of(cluster.audited().requests, by_proxy) == {}


def _of(requests: Any, like: Any) -> dict[str, int]:
    """The counts of the clients that `like` has."""
    agents = {key.split(" ", 2)[2] for key in like}
    return {key: count for key, count in requests.items() if key.split(" ", 2)[2] in agents}


def test_the_clusters_own_programs_are_not_in_the_audit_log(cluster: AuditedKindCluster) -> None:
    agents = {key.split(" ", 2)[2].partition("/")[0] for key in cluster.audited().requests}
    assert not agents & {"kubelet", "kube-controller-manager", "kube-scheduler", "coredns"}


def test_a_container_that_joins_the_network_gets_to_the_api_server(
    there: Ground, cluster: AuditedKindCluster
) -> None:
    """By the address in the kubeconfig for inside, and with its certificate's name."""
    import yaml

    from loadstone.cluster.kind.docker import Docker, executing

    program = Path("/usr/bin/docker")
    docker = Docker(program, executing(program))
    us = there.docker("run", "--detach", images.python(there.docker), "sleep", "600")
    try:
        with joined(docker, "auto", us[:12]) as internal:
            assert internal
            config = yaml.safe_load(cluster.program.kubeconfig(internal=internal))
            said = config["clusters"][0]["cluster"]
            script = (
                "import base64, ssl, sys, urllib.request as r;"
                "c = ssl.create_default_context(cadata=base64.b64decode(sys.argv[2]).decode());"
                "print(r.urlopen(sys.argv[1] + '/readyz', context=c).read().decode())"
            )
            authority = said["certificate-authority-data"]
            asking = ("python3", "-c", script, said["server"], authority)
            assert there.docker("exec", us, *asking) == "ok"
        networks = there.docker("inspect", "--format", "{{json .NetworkSettings.Networks}}", us)
        assert '"kind"' not in networks
    finally:
        there.docker("rm", "--force", us)


def test_what_fails_leaves_the_logs_of_its_nodes_and_nothing_else(
    there: Ground, tmp_path: Path
) -> None:
    before = there.left()
    options = there.options(logs=tmp_path / "out")
    failing = KindProvider(options=options).provision(workdir=tmp_path / "cluster-0")
    with pytest.raises(ClusterFailed) as failed, failing:
        raise ClusterFailed("no pod came")
    kept = tmp_path / "out/cluster-0-logs.tar.gz"
    assert str(kept) in failed.value.next_step
    with tarfile.open(kept) as archive:
        assert any("kubelet" in name for name in archive.getnames())
    assert there.left() - before == set()


def test_the_image_that_is_built_in_is_the_one_of_kind_itself() -> None:
    version = build.version("kind")
    asked = ["go", "env", "GOMODCACHE"]
    modules = Path(subprocess.run(asked, check=True, capture_output=True, text=True).stdout.strip())
    source = modules / f"sigs.k8s.io/kind@{version}/pkg/apis/config/defaults/image.go"
    assert f'"{kind_settings.NODE_IMAGE}"' in source.read_text()
