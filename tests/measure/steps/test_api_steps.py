"""Steps that act on the API server, in whole runs against the embedded one."""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from loadstone import formats
from loadstone.cluster.cluster_api import ClusterApi
from loadstone.cluster.existing import ExistingProvider
from loadstone.cluster.memory import MemoryCluster, MemoryProvider
from loadstone.cluster.provider_options import ProviderOptions
from loadstone.errors import ClusterFailed, UsageError
from loadstone.formats import Dial
from loadstone.formats.recording import change, line
from loadstone.measure.steps.dialled import DialBoard
from loadstone.model.reasons import holds
from loadstone.protocols import Cluster
from tests.measure.fakes import world
from tests.measure.test_run import PATIENT, codes, one

MAP: dict[str, Any] = {
    "apiVersion": "v1",
    "kind": "ConfigMap",
    "metadata": {"name": "m${i}", "namespace": "default"},
}
TIMES = {"warmup": 0.2, "window": 1.0}


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[MemoryCluster]:
    with MemoryProvider().provision(workdir=tmp_path / "cluster") as made:
        yield made


def run(tmp_path: Path, cluster: Cluster, measured: Sequence[dict[str, Any]], **more: Any) -> Any:
    """A run of steps on the API server alone: the component is there and does nothing."""
    silent = formats.Component(
        **{
            name: getattr(world.proxy(), name)
            for name in formats.Component.__struct_fields__
            if name != "push"
        }
    )
    case = world.case(
        measured,
        templates={"maps": {"objects": [MAP]}},
        setup=[{"do": "create", "template": "maps", "count": 12}],
        **{**PATIENT, **TIMES, **more},
    )
    return one(tmp_path, case, silent, clusters=[cluster])


def test_requests_come_to_latencies_by_verb_and_scope(tmp_path, cluster):
    found = run(
        tmp_path,
        cluster,
        [
            {"do": "request", "verb": "list", "kind": "ConfigMap", "limit": 5, "rate": 10},
            {"do": "request", "verb": "get", "kind": "ConfigMap", "rate": 40},
            {"do": "request", "verb": "list", "kind": "ConfigMap", "namespace": "default",
             "concurrency": 1, "name": "closed"},
        ],
    )  # fmt: skip
    assert codes(found) == []
    given = found.quantities
    assert given["request.get.resource.count"] == pytest.approx(40, abs=6)
    assert given["request.list.cluster.count"] == pytest.approx(30, abs=8)  # three pages each
    assert given["request.closed.count"] > 1
    for name in ("request.get.resource", "request.list.cluster", "request.closed"):
        assert 0 < given[f"{name}.p50"] <= given[f"{name}.max"]
        assert given[f"{name}.errors"] == given[f"{name}.dropped"] == 0
        assert name in found.histograms
        assert holds(found, name)
    assert found.requests == {}  # ours are not the component's


@pytest.mark.parametrize("act", ["replay", "patch"])
def test_what_changes_objects_wherever_they_are_is_refused_in_a_cluster_of_others(
    tmp_path, cluster, act
):
    file = tmp_path / "recorded.jsonl"
    made = {**MAP, "metadata": {"name": "theirs", "namespace": "default"}}
    of = {"group": "", "version": "v1", "plural": "configmaps", "metadata": made["metadata"]}
    file.write_bytes(line(change("create", seconds=0.0, template=made, **of)))
    steps: dict[str, dict[str, Any]] = {
        "replay": {"do": "replay", "file": str(file)},
        "patch": {"do": "request", "verb": "patch", "kind": "ConfigMap", "rate": 10, "patch": {}},
    }
    theirs = ExistingProvider(options=ProviderOptions(kubeconfig=str(cluster.kubeconfig)))
    with (
        theirs.provision(workdir=tmp_path / "theirs") as guest,
        pytest.raises(UsageError, match="not ours alone") as refused,
    ):
        run(tmp_path, guest, [steps[act]])
    assert "--provider" in refused.value.next_step
    with closing(ClusterApi(cluster.access)) as api:
        assert api.ask("GET", "/api/v1/namespaces/default/configmaps/theirs").status == 404


def test_requests_that_fail_are_counted_and_not_timed(tmp_path, cluster):
    found = run(
        tmp_path,
        cluster,
        [{"do": "request", "verb": "list", "kind": "ConfigMap", "rate": 40}],
        dials=[{"verb": "list", "resource": "configmaps", "error_rate": 1.0}],
    )
    assert found.quantities["request.list.cluster.errors"] == pytest.approx(40, abs=6)
    assert "request.list.cluster.p50" not in found.quantities


def test_a_kind_without_objects_is_nothing_to_ask_for(tmp_path, cluster):
    step = {"do": "request", "verb": "get", "kind": "Pod", "rate": 10}
    found = run(tmp_path, cluster, [step])
    assert codes(found) == ["nothing-to-request"]


def test_watchers_come_to_delivery(tmp_path, cluster):
    step = {"do": "watch", "template": "maps", "watchers": 5, "slow": 1, "rate": 40}
    found = run(tmp_path, cluster, [step])
    assert codes(found) == []
    given = found.quantities
    assert given["watch.writes"] == pytest.approx(40, abs=6)
    assert given["watch.lost"] == given["watch.disordered"] == 0
    assert given["watch.open"] == 5
    assert 0 < given["delivery.p50"] <= given["delivery.max"]
    assert given["write.p50"] > 0
    assert {"delivery", "write"} <= found.histograms.keys()


def test_faults_come_in_the_middle_and_go_again(tmp_path, cluster):
    slow = {"verb": "list", "resource": "configmaps", "latency": 0.15}
    found = run(
        tmp_path,
        cluster,
        [
            {"do": "request", "verb": "list", "kind": "ConfigMap", "rate": 50},
            {"do": "fault", "at": 0.4, "for": 0.4, "dials": [slow]},
        ],
        window=2.0,
    )
    assert codes(found) == []
    assert 0.4 <= found.quantities["fault.seconds"] < 2.0
    assert found.quantities["request.list.cluster.max"] >= 0.15
    begun = time.monotonic()
    cluster._ask("GET", "/api/v1/configmaps")
    assert time.monotonic() - begun < 0.15


def test_a_component_that_is_stopped_goes_on_when_the_fault_is_over(tmp_path):
    load = {"do": "load", "template": "route", "rate": 50, "connections": 4}
    stop = {"do": "fault", "at": 0.2, "for": 0.3, "act": "stop"}
    found = one(tmp_path, world.case([load, stop], **PATIENT, warmup=0.2, window=1.5))
    assert codes(found) == []
    assert found.quantities["latency.max"] >= 0.25
    assert found.quantities["load.errors"] == 0


def test_a_component_that_is_killed_is_started_again_when_the_fault_is_over(tmp_path):
    load = {"do": "load", "template": "route", "rate": 50, "connections": 4}
    kill = {"do": "fault", "at": 0.2, "for": 0.3, "act": "kill"}
    patient = {"gate": {**PATIENT["gate"], "wrong_answers": 1000, "achieved": 0.1}}
    case = world.case([load, kill], **patient, warmup=0.2, window=3.0)
    found = one(tmp_path, case, world.proxy(timeout=60.0))
    assert codes(found) == []
    assert 0.3 <= found.quantities["fault.seconds"] < 3.0
    lost = found.quantities["load.errors"] + found.quantities["load.wrong"]
    assert 0 < lost < found.quantities["load.requests"] - 10  # and then it answered again


def test_a_restart_lasts_until_every_route_answers_right_again(tmp_path):
    step = {"do": "restart", "template": "route"}
    found = one(tmp_path, world.case([step], **PATIENT), world.proxy(timeout=60.0))
    assert codes(found) == []
    given = found.quantities
    assert 0 < given["restart.end_seconds"] < given["restart.seconds"]
    assert 0 < given["restart.ready_seconds"] < given["restart.seconds"]
    assert given["process.cpu_seconds"] > 0.5 * given["process.lifetime_cpu_seconds"] > 0
    assert "process.context_switches" not in given  # which were counted in the one that ended


def test_cpu_time_of_a_process_that_is_started_again_is_that_of_both_lives(tmp_path):
    busy = world.proxy("--busy", "0.4", timeout=60.0)
    step = {"do": "restart", "kill": True}
    found = one(tmp_path, world.case([step, step], **PATIENT), busy)
    assert codes(found) == []
    assert found.quantities["process.lifetime_cpu_seconds"] >= 3 * 0.4


def test_a_component_that_does_not_start_again_makes_the_run_invalid(tmp_path):
    once = world.proxy("--once", str(tmp_path / "was-here"), timeout=2.0)
    found = one(tmp_path, world.case([{"do": "restart"}], **PATIENT), once)
    assert codes(found) == ["not-ready"]


def test_a_recording_is_replayed_at_a_multiple_of_its_speed(tmp_path, cluster):
    named: dict[str, Any] = {"metadata": {"name": "r", "namespace": "default"}}
    of: dict[str, Any] = {
        "group": "",
        "version": "v1",
        "plural": "configmaps",
        "metadata": named["metadata"],
    }
    made = {**named, "apiVersion": "v1", "kind": "ConfigMap"}
    path = tmp_path / "recorded.jsonl"
    path.write_bytes(
        b"".join(
            line(each)
            for each in (
                change("create", seconds=10.0, template=made, **of),
                *(change("patch", seconds=10.0 + n / 10, template={"data": {"n": str(n)}}, **of)
                  for n in range(10)),
                change("delete", seconds=12.0, **of),
                change("delete", seconds=12.0, **of),  # refused: it is gone
            )
        )
    )  # fmt: skip
    found = run(tmp_path, cluster, [{"do": "replay", "file": str(path), "speed": 4}])
    assert codes(found) == []
    given = found.quantities
    assert (given["replay.count"], given["replay.errors"]) == (13, 1)
    assert 0.5 <= given["replay.seconds"] < 5
    assert given["replay.p50"] > 0


def test_dials_of_several_faults_add_up_and_each_takes_its_own_away():
    sent: list[Sequence[Dial]] = []
    always, first, second = (Dial(verb=verb, latency=1.0) for verb in ("get", "list", "watch"))
    dialled = DialBoard([always], sent.append)
    dialled.set([first], dialled=True)
    dialled.set([second], dialled=True)
    dialled.set([first], dialled=False)
    dialled.set([second], dialled=False)
    assert sent == [
        [always, first],
        [always, first, second],
        [always, second],
        [always],
    ]


def test_a_fault_that_cannot_be_dialled_makes_the_run_invalid(tmp_path):
    class Broken(world.FakeCluster):
        def dial(self, dials: Sequence[Dial]) -> None:
            if dials:
                raise ClusterFailed("no dialling today")

    fault = {"do": "fault", "for": 0.2, "dials": [{"latency": 0.1}]}
    load = {"do": "load", "template": "route", "rate": 50, "connections": 4}
    found = one(tmp_path, world.case([load, fault], **PATIENT, **TIMES), clusters=[Broken()])
    assert "failed" in codes(found)
