"""Load and numbers from inside a cluster of real nodes: pods that send together, and an agent."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.existing import ExistingCluster, ExistingProvider
from loadstone.cluster.kind.kind_cluster import KindCluster
from loadstone.cluster.kind.kind_provider import KindProvider
from loadstone.cluster.own_namespaces import own_namespaces
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.component.in_pods.agent_link import agent_on
from loadstone.component.in_pods.load_pods import LoadPods
from loadstone.component.in_pods.local_container import main_process
from loadstone.component.in_pods.local_images import put_on_nodes
from loadstone.component.in_pods.pod_state import PodState, state
from loadstone.component.in_pods.port_forward import forwarded
from loadstone.flows.load_from_pods import generator_in_pods
from loadstone.formats.configuration import LoadSettings
from loadstone.measure.load.generator import LoadPlan, LoadResult, Target
from loadstone.measure.load.histogram import summary
from loadstone.measure.load.hold import HoldPlan
from loadstone.measure.load.pods_generator import PodsGenerator
from tests.charts.test_chart import rendered
from tests.contract.waiting import eventually
from tests.kind.ground import ground
from tests.kind.own_image import own_image

pytestmark = [pytest.mark.kind, pytest.mark.timeout(3600)]

PATIENCE = 120.0  # s; each ends as soon as it is so
PORT = 8080
LONG = 6.0  # s of a window


class Inside:
    """A cluster with a namespace of ours, in which an upstream runs on the measured node."""

    def __init__(self, around: KindCluster, side: ExistingCluster, image: str) -> None:
        self.around, self.side, self.image = around, side, image
        self.tools = {"kubectl": Path(shutil.which("kubectl") or "kubectl")}
        self.pods = f"/api/v1/namespaces/{side.namespace}/pods"

    def upstream(self) -> PodState:
        """The pod of the upstream, once it is ready."""
        eventually(lambda: self._state().ready, within=PATIENCE)
        return self._state()

    def generator(self, pods: int, name: str = "openloop") -> PodsGenerator:
        settings = LoadSettings(pods=pods, image=self.image, cpu="100m")
        return generator_in_pods(
            settings,
            LoadPods(cluster=self.side, tools=self.tools),
            self.around,
            name=name,
            inside={"upstream:1": f"{self.upstream().address}:{PORT}"},
            measured=lambda: self.upstream().node,
        )

    def _state(self) -> PodState:
        return state(self.side.client.ask("GET", f"{self.pods}/upstream").body, "upstream")


@pytest.fixture(scope="module")
def inside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Inside]:
    there, folder = ground(), tmp_path_factory.mktemp("kind")
    image = own_image(there.docker)
    with KindProvider(options=there.options(pods=True)).provision(workdir=folder / "c") as around:
        assert isinstance(around, KindCluster)
        put_on_nodes(around, [image], [image])
        options = ProviderOptions(kubeconfig=str(around.kubeconfig))
        source = ExistingProvider(options=options)
        with own_namespaces(source, options, workdir=folder / "o", count=1) as made:
            found = Inside(around, made.sides[0], image)
            found.side.client.ask("POST", found.pods, _upstream(image, around))
            yield found


def _upstream(image: str, around: KindCluster) -> dict[str, Any]:
    words = ["-I", "-m", "loadstone.measure.serve_upstream", "--port", str(PORT), "--body", "600"]
    container = {
        "name": "upstream",
        "image": image,
        "imagePullPolicy": "Never",
        "command": ["python"],
        "args": words,
        "readinessProbe": {"tcpSocket": {"port": PORT}, "periodSeconds": 1},
    }
    spec = {"containers": [container], "nodeSelector": dict(around.measured_on)}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "upstream"}, "spec": spec}


def plan(rate: float = 400.0) -> LoadPlan:
    return LoadPlan(
        lanes=["upstream:1"],
        targets=[Target(host="a.example", path="/body/600", headers={"x-upstream": "s0"})],
        rate=rate,
        connections=20,
        warmup=1.0,
        window=LONG,
    )


def sent(inside: Inside, pods: int, workdir: Path) -> LoadResult:
    (result,) = inside.generator(pods).start(plan(), workdir).finish()
    assert result.requests == pytest.approx(400 * LONG, abs=2)
    assert result.answers == result.requests, (result.errors, result.examples)
    return result


def test_two_pods_send_what_one_does(inside: Inside, tmp_path: Path) -> None:
    one, two = sent(inside, 1, tmp_path), sent(inside, 2, tmp_path)
    assert [part.requests for part in two.parts] == pytest.approx([200 * LONG] * 2, abs=2)
    senders = [part.sender for result in (one, two) for part in result.parts]
    nodes = {sender.node for sender in senders if sender}
    assert len(nodes) == 1
    assert nodes != {inside.upstream().node}  # the one that is kept for load
    for sender in senders:
        assert sender is not None
        assert 0 < sender.clock < 0.1
        assert sender.sysctls["net.ipv4.ip_local_port_range"] == "1024 65535"
        assert sender.node_cpu is not None
    for result in (one, two):  # said for whoever runs this to see
        print({name: f"{value * 1e3:.2f} ms" for name, value in summary(result.latency).items()})


def test_pods_send_with_k6_that_is_in_their_image(inside: Inside, tmp_path: Path) -> None:
    (result,) = inside.generator(2, "k6").start(plan(), tmp_path).finish()
    assert result.generator == "k6"
    assert result.requests == pytest.approx(400 * LONG, abs=20)
    assert result.answers == result.requests - result.dropped, (result.errors, result.examples)
    assert result.answers > 0
    assert [each.sender.node for each in result.parts if each.sender] == 2 * [
        f"{inside.around.program.name}-worker2"
    ]


def test_nothing_of_a_load_is_left(inside: Inside, tmp_path: Path) -> None:
    sent(inside, 2, tmp_path)
    found = inside.side.client.ask("GET", inside.pods).body["items"]
    assert [each["metadata"]["name"] for each in found] == ["upstream"]
    jobs = f"/apis/batch/v1/namespaces/{inside.side.namespace}/jobs"
    assert inside.side.client.ask("GET", jobs).body["items"] == []


def test_pods_hold_connections_together(inside: Inside, tmp_path: Path) -> None:
    asked = HoldPlan(target="upstream:1", connections=2000, rate=1000.0)
    found = inside.generator(2).hold(asked, tmp_path).finish()
    assert (found.asked, found.open, found.lost, found.refused) == (2000, 2000, 0, 0)


def test_an_agent_counts_what_the_process_itself_has_used(inside: Inside, tmp_path: Path) -> None:
    (agent,) = rendered(image=inside.image)
    with closing(ClusterApi(inside.around.access)) as api:
        spaces = "/api/v1/namespaces/default"
        api.done("POST", spaces.replace("/api/v1", "/apis/apps/v1") + "/daemonsets", agent)
        pod = inside.upstream()
        pid = main_process(pod.container)
        assert pid is not None  # the nodes of kind are here
        where = (inside.side, pod.node, pod.container)
        eventually(lambda: _agents_ready(api), within=PATIENCE)
        log = tmp_path / "log"
        with agent_on(*where, forward=forwarded, log=log, tools=inside.tools) as link:
            assert link is not None
            before, own = link.reading(pod.container), _ticks(pid)
            sent(inside, 1, tmp_path)
            after, spent = link.reading(pod.container), _ticks(pid) - own
            cost = link.cost()
        assert before is not None
        assert after is not None
        assert after.cpu - before.cpu == pytest.approx(spent, abs=0.1)
        assert after.anon > 0
        assert time.time() - after.stamp < 60
        assert cost is not None
        assert cost < 5


def _agents_ready(api: ClusterApi) -> bool:
    path = "/apis/apps/v1/namespaces/default/daemonsets/loadstone-agent"
    status = api.get(path).get("status", {})
    wanted = status.get("desiredNumberScheduled", 0)  # 0 before its controller has looked
    return bool(wanted and status.get("numberReady", 0) == wanted)


def _ticks(pid: int) -> float:
    """CPU seconds of a process and of its children, of which nginx is one."""
    import psutil

    main = psutil.Process(pid)
    every = [main, *main.children(recursive=True)]
    return sum(sum(each.cpu_times()[:2]) for each in every)
