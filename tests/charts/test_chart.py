"""The chart, rendered by the real helm: an API server takes it, and it is what the code makes."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import msgspec
import pytest
import yaml

from loadstone.component.in_pods.agent_link import LABEL, PORT
from loadstone.component.in_pods.load_job import load_job
from loadstone.formats.configuration import LoadSettings
from loadstone.measure.load.generator import LoadPlan, Target
from loadstone.measure.load.job import part
from loadstone.measure.load.pod_task import PodTask
from tests.component.in_pods.described import PlayedCluster, played_cluster
from tests.real import binary

pytestmark = pytest.mark.real
CHART = Path(__file__).parents[2] / "charts/loadstone"
IMAGE = "example.test/loadstone:1"
PLURALS = {
    "Job": "batch/v1/jobs",
    "Deployment": "apps/v1/deployments",
    "DaemonSet": "apps/v1/daemonsets",
    "Service": "services",
    "ConfigMap": "configmaps",
}
TASK = PodTask(
    plan=LoadPlan(
        lanes=["loadstone-upstream:8080"],
        targets=[Target(host="a.example", path="/body/600")],
        rate=1000.0,
        connections=10,
        warmup=5.0,
        window=30.0,
    )
)


def rendered(**values: Any) -> list[dict[str, Any]]:
    """The objects of the chart with these values."""
    command = [str(binary("helm")), "template", "x", str(CHART)]
    command += ["--kube-version", "1.34.0", "--values", "-"]
    given = json.dumps({"image": IMAGE, **values})
    done = subprocess.run(command, input=given, capture_output=True, text=True, check=False)
    if done.returncode:
        raise ValueError(done.stderr)
    return [each for each in yaml.safe_load_all(done.stdout) if each]


def of_kind(kind: str, **values: Any) -> dict[str, Any]:
    (found,) = (each for each in rendered(**values) if each["kind"] == kind)
    return found


@pytest.mark.parametrize(
    "settings",
    [
        LoadSettings(pods=1, image=IMAGE),
        LoadSettings(
            pods=5,
            image=IMAGE,
            cpu="500m",
            memory="1Gi",
            spread="required",
            nodes={"loadstone.dev/load": "true", "n": "1"},
            tolerations=[{"key": "loadstone.dev/load", "operator": "Exists"}],
            sysctls={"net.core.somaxconn": "4096", "net.ipv4.ip_local_port_range": "2000 60000"},
        ),
        LoadSettings(pods=2, image=IMAGE, sysctls={}),
    ],
)
@pytest.mark.parametrize("away", ["", "node-1"])
def test_its_load_job_is_that_of_a_session(settings: LoadSettings, away: str) -> None:
    said = msgspec.to_builtins(settings)
    said.pop("image")
    if not settings.sysctls:  # of maps helm merges the keys: null takes one away
        said["sysctls"] = {"net.ipv4.ip_local_port_range": None}
    elif "sysctls" in said:
        said["sysctls"] = dict(settings.sysctls)
    job = of_kind("Job", load={"awayFrom": away, **said})
    assert job == load_job(settings, count=settings.pods, away_from=away)


def test_a_task_is_one_that_the_program_reads() -> None:
    objects = rendered(load={"pods": 3, "task": msgspec.to_builtins(TASK), "start": 1_800_000_000})
    (said,) = (each for each in objects if each["kind"] == "ConfigMap")
    task = msgspec.json.decode(said["data"]["task.json"], type=PodTask)
    assert msgspec.json.encode(task) == msgspec.json.encode(TASK)
    assert part(task, 2, 3).parts()[0].process == 2
    (job,) = (each for each in objects if each["kind"] == "Job")
    (container,) = job["spec"]["template"]["spec"]["containers"]
    words = container["args"]
    assert words[words.index("--start") + 1] == "1800000000"
    assert words[words.index("--index") + 1] == "$(JOB_COMPLETION_INDEX)"
    assert words[words.index("--of") + 1] == "3"
    assert "startupProbe" not in container


def test_a_start_that_is_not_said_is_the_same_second_for_all_pods() -> None:
    said = {"pods": 3, "task": msgspec.to_builtins(TASK), "startIn": 90}
    words = of_kind("Job", load=said)["spec"]["template"]["spec"]["containers"][0]["args"]
    assert re.fullmatch(r"[0-9]{10}", words[words.index("--start") + 1])


def test_its_agent_is_what_a_session_looks_for() -> None:
    agent = of_kind("DaemonSet")
    key, _, value = LABEL.partition("=")
    assert agent["spec"]["template"]["metadata"]["labels"] == {key: value}
    spec = agent["spec"]["template"]["spec"]
    (container,) = spec["containers"]
    words = container["args"]
    assert words[words.index("--port") + 1] == str(PORT)
    (volume,) = spec["volumes"]
    assert volume["hostPath"]["path"] == "/sys/fs/cgroup"
    (mount,) = container["volumeMounts"]
    assert mount["readOnly"] is True
    assert mount["mountPath"] == words[words.index("--root") + 1]
    assert spec["securityContext"]["runAsNonRoot"] is True
    assert "privileged" not in json.dumps(spec)


def test_it_makes_nothing_that_was_not_asked_for() -> None:
    assert [each["kind"] for each in rendered()] == ["DaemonSet"]
    assert rendered(agent={"enabled": False}) == []


def test_it_asks_for_the_image_by_name() -> None:
    with pytest.raises(ValueError, match="`image` has to name Loadstone's own image"):
        rendered(image="")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PlayedCluster]:
    with played_cluster(tmp_path_factory.mktemp("cluster")) as found:
        yield found


def test_an_api_server_takes_all_of_it(cluster: PlayedCluster) -> None:
    objects = rendered(
        upstream={"enabled": True, "servers": 3},
        load={"pods": 2, "task": msgspec.to_builtins(TASK)},
    )
    assert {each["kind"] for each in objects} == set(PLURALS)
    side = cluster.sides[0]
    for item in objects:
        group, _, plural = PLURALS[item["kind"]].rpartition("/")
        root = f"/apis/{group}" if group else "/api/v1"
        path = f"{root}/namespaces/{side.namespace}/{plural}"
        answer = side.client.ask("POST", f"{path}?dryRun=All&fieldValidation=Strict", item)
        assert answer.good, (item["kind"], answer.message)
        assert item["metadata"]["name"].startswith("loadstone-")
