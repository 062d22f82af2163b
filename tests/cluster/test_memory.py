"""The memory provider: a real process, its control, and its end."""

from __future__ import annotations

import json
import signal
import socket
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
import urllib3
import yaml

from loadstone.cluster.memory import MemoryCluster, MemoryProvider
from loadstone.cluster.provider import PROVIDERS, provider
from loadstone.errors import ClusterFailed, UsageError
from loadstone.formats import Dial

MAPS = "/api/v1/namespaces/default/configmaps"


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[MemoryCluster]:
    with MemoryProvider().provision(workdir=tmp_path) as made:
        yield made


def ask(cluster: MemoryCluster, method: str, path: str, body: object = None) -> int:
    with urllib3.PoolManager(headers={"User-Agent": "test/1"}, retries=False) as pool:
        data = None if body is None else json.dumps(body).encode()
        return pool.request(method, cluster.api + path, body=data).status


def test_every_provider_of_the_table_can_be_made() -> None:
    for name in PROVIDERS:
        assert provider(name).name == name


def test_an_unknown_provider_is_wrong_use() -> None:
    with pytest.raises(UsageError) as refused:
        provider("cloud")
    assert "memory" in refused.value.next_step


def test_the_kubeconfig_leads_to_the_server(cluster: MemoryCluster) -> None:
    config = yaml.safe_load(cluster.kubeconfig.read_text())
    assert config["clusters"][0]["cluster"]["server"] == cluster.api
    assert config["current-context"] == config["contexts"][0]["name"]
    assert cluster.version.startswith("v1.")


def test_a_reset_leaves_nothing(cluster: MemoryCluster) -> None:
    assert ask(cluster, "POST", MAPS, {"metadata": {"name": "a"}}) == 201
    cluster.dial([Dial(error_rate=1.0)])
    assert ask(cluster, "GET", f"{MAPS}/a") == 500
    assert cluster.accounting().injected == 1
    cluster.reset()
    assert cluster.accounting().requests == {}
    assert ask(cluster, "GET", f"{MAPS}/a") == 404


def test_accounts_name_verb_resource_and_agent(cluster: MemoryCluster) -> None:
    ask(cluster, "POST", MAPS, {"metadata": {"name": "a"}})
    ask(cluster, "GET", MAPS)
    found = cluster.accounting()
    assert found.requests == {"create configmaps test/1": 1, "list configmaps test/1": 1}
    assert found.bytes_in == len(json.dumps({"metadata": {"name": "a"}}))
    assert found.bytes_out == sum(found.sent.values()) > 0


def test_dials_that_make_no_sense_are_refused(cluster: MemoryCluster) -> None:
    wrong = Dial(error_rate=0.5, error_status=418)  # type: ignore[arg-type]
    with pytest.raises(ClusterFailed) as refused:
        cluster.dial([wrong])
    assert "error_status" in refused.value.message


def test_nothing_is_left_on_leaving(tmp_path: Path) -> None:
    with MemoryProvider().provision(workdir=tmp_path) as made:
        pid = made.process.pid
        assert made.alive()
    assert not made.alive()
    assert not psutil.pid_exists(pid)


def test_a_crash_is_told_with_the_end_of_the_log(cluster: MemoryCluster) -> None:
    with cluster.log.open("a") as log:
        log.write("the last words\n")
    cluster.process.send_signal(signal.SIGKILL)
    cluster.process.wait()
    assert not cluster.alive()
    with pytest.raises(ClusterFailed) as failed:
        cluster.accounting()
    assert "the last words" in failed.value.message
    assert "status -9" in failed.value.message


def test_a_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        with (
            pytest.raises(ClusterFailed) as failed,
            MemoryProvider(["--port", port]).provision(workdir=tmp_path),
        ):
            pass
    assert "cannot listen" in failed.value.message


def test_a_terminated_server_goes_by_itself(cluster: MemoryCluster) -> None:
    cluster.process.send_signal(signal.SIGTERM)
    deadline = time.monotonic() + 30
    while cluster.process.poll() is None and time.monotonic() < deadline:
        time.sleep(0.01)
    assert cluster.process.poll() == 0
