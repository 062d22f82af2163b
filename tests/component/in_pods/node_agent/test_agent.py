"""The agent of a node: whom it tells what, and what becomes of it in the numbers of a run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from loadstone.component.in_pods.agent_link import AgentLink, agent_pod
from loadstone.component.in_pods.counted_waits import oom_killed, waits
from loadstone.component.in_pods.node_agent.control_group import GroupReading
from loadstone.measure.upstream import free_ports
from loadstone.report.common.sentences import in_full
from loadstone.system import processes
from tests.component.in_pods.node_agent.test_control_group import ONE, put, version_2
from tests.measure.load.job_pods import within

MODULE = "loadstone.component.in_pods.node_agent"


@pytest.fixture
def agent(tmp_path: Path) -> Iterator[tuple[AgentLink, Popen[bytes]]]:
    (port,) = free_ports(1)
    command = [sys.executable, "-I", "-m", MODULE, "--port", str(port), "--root", str(tmp_path)]
    process = processes.spawn(command, log=tmp_path / "log")
    try:
        link = within(30.0, lambda: AgentLink(f"127.0.0.1:{port}"))
        yield link, process
        link.close()
    finally:
        processes.end(process)


def test_it_tells_of_a_container_at_the_moment_it_is_asked(agent, tmp_path: Path) -> None:
    link, _ = agent
    assert link.usage(ONE) is None
    folder = version_2(tmp_path, ONE)
    first = link.usage(ONE)
    put(folder, {"cpu.stat": "usage_usec 3000000\n"})
    second = link.usage(ONE)
    assert first is not None
    assert second is not None
    assert (first.cpu, second.cpu) == (2.5, 3.0)
    assert (second.working_set, second.anon) == (3500, 2000)
    assert second.stamp > first.stamp


def test_it_says_what_it_costs_itself(agent, tmp_path: Path) -> None:
    link, _ = agent
    version_2(tmp_path, ONE)
    before = link.cost()
    for _ in range(200):
        link.reading(ONE)
    after = link.cost()
    assert before is not None
    assert after is not None
    assert 0 < after - before < 1.0


def test_words_that_it_does_not_know_end_the_connection(agent) -> None:
    link, process = agent
    assert link._asked("write /etc/passwd") == b""
    assert process.poll() is None


def test_one_that_has_gone_tells_nothing(agent) -> None:
    link, process = agent
    processes.end(process)
    assert link.reading(ONE) is None
    assert link.cost() is None


def reading(**changed: Any) -> GroupReading:
    said = {"stamp": 0.0, "cpu": 1.0, "working_set": 3, "anon": 2}
    return GroupReading(**{**said, **changed})


def test_a_process_that_memory_ran_out_for_spoils_the_run() -> None:
    (reason,) = oom_killed(reading(oom_kills=1), reading(oom_kills=3))
    said = "memory ran out, and the kernel ended 2 of the container's processes"
    assert (reason.code, in_full(reason)) == ("oom-killed", said)
    assert oom_killed(reading(oom_kills=1), reading(oom_kills=1)) == []
    assert oom_killed(reading(), reading(oom_kills=1)) == []
    assert oom_killed(None, reading(oom_kills=1)) == []


def test_what_it_waited_for_is_said() -> None:
    before = reading(throttled=1.0, throttled_times=1, pressure={"cpu": 1.0, "io": 2.0})
    after = reading(throttled=1.5, throttled_times=6, pressure={"cpu": 1.25, "io": 2.0})
    assert [in_full(note) for note in waits(before, after)] == [
        "its quota kept the container waiting 5 times, 500 ms in all",
        "something of the container waited for cpu, 250 ms in all",
    ]
    assert waits(before, before) == []
    assert waits(None, after) == []


class Answering:
    """A client whose one answer is known; `asked` is what it was asked for."""

    def __init__(self, status: int, items: list[dict[str, Any]]) -> None:
        self.status, self.good, self.message = status, status < 300, ""
        self.body = {"items": items}
        self.asked = ""

    def ask(self, method: str, path: str, body: Any = None, *, content_type: str = "") -> Any:
        del method, body, content_type
        self.asked = path
        return self

    def text(self, path: str) -> str:
        return path


def pod(name: str, ready: str = "True", **metadata: Any) -> dict[str, Any]:
    status = {"conditions": [{"type": "Ready", "status": ready}]}
    return {"metadata": {"name": name, "namespace": "n", **metadata}, "status": status}


def test_the_agent_is_the_one_that_is_ready_on_that_node() -> None:
    going = pod("going", deletionTimestamp="2026-01-01T00:00:00Z")
    client = Answering(200, [pod("starting", "False"), going, pod("good")])
    assert agent_pod(client, "node-1") == ("n", "good")
    assert "spec.nodeName%3Dnode-1" in client.asked
    assert "loadstone-agent" in client.asked
    assert agent_pod(Answering(200, []), "node-1") is None
    assert agent_pod(Answering(403, [pod("good")]), "node-1") is None
