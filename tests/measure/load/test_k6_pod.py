"""k6 in pods: together they send what is asked, in a window that is the same for all."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import UsageError
from loadstone.measure.load.generator import LaneTls, LoadPlan, Target
from loadstone.measure.load.k6_pod import dealt, part
from loadstone.measure.load.pod_task import PodOutcome, PodTask, joined
from loadstone.measure.upstream import RunningUpstream, upstream
from tests.measure.load.job_pods import MODULE, in_programs
from tests.measure.load.test_job import adds_up, counts

RATE = 100.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningUpstream]:
    with upstream(servers=2, bodies=[600], workdir=tmp_path_factory.mktemp("nginx")) as running:
        yield running


def plan(*ports: int, window: float = 1.0, connections: int = 10) -> LoadPlan:
    return LoadPlan(
        lanes=[f"127.0.0.1:{port}" for port in ports],
        targets=[Target(host=f"{name}.example", path="/v1/body/600") for name in "abcde"],
        rate=RATE,
        connections=connections,
        warmup=0.1,
        window=window,
        timeout=2.0,
    )


@given(pods=st.integers(1, 20), connections=st.integers(1, 500))
def test_rate_and_connections_are_shared_out_whole(pods: int, connections: int) -> None:
    tasks = dealt(plan(1, connections=connections), pods)
    assert len(tasks) == min(pods, connections)
    assert sum(task.plan.rate for task in tasks) == pytest.approx(RATE)
    assert sum(task.plan.connections for task in tasks) == connections
    assert min(task.plan.connections for task in tasks) >= 1
    assert len({task.plan.seed for task in tasks}) == len(tasks)
    assert {task.generator for task in tasks} == {"k6"}


def test_what_k6_does_not_do_is_said_before_there_is_a_pod() -> None:
    asked = replace(plan(1), tls=[LaneTls(ca="some.pem")])
    with pytest.raises(UsageError, match="certificates held to a `ca`"):
        dealt(asked, 2)


@pytest.mark.slow
def test_two_pods_send_what_was_asked_and_nothing_of_it_is_lost(server, tmp_path):
    generator, programs = in_programs(2, "k6")
    results = generator.start(plan(*server.ports), tmp_path).finish()
    assert len(results) == 2
    for result in results:
        assert result.generator == "k6"
        assert adds_up(result)
        assert result.wrong == 0, result.examples
        assert result.asked_rate == pytest.approx(RATE)
        assert result.requests == pytest.approx(RATE, abs=4)
        assert [each.sender.pod for each in result.parts if each.sender] == ["load-0", "load-1"]
        assert sum(counts(result.latency).values()) == result.answers
        assert result.answers == sum(each.answers for each in result.parts)
    assert programs.ended == [0, 0]


@pytest.mark.slow
def test_the_window_opens_when_it_was_announced_and_closes_when_it_is_told_to(server, tmp_path):
    generator, _ = in_programs(2, "k6")
    running = generator.start(plan(server.ports[0], window=0.0), tmp_path)
    opened = running.announce()
    running.open_window()
    time.sleep(0.8)
    running.close_window()
    closed = time.monotonic()
    (result,) = running.finish()
    assert result.seconds == pytest.approx(closed - opened, abs=0.2)
    assert result.requests == pytest.approx(RATE * result.seconds, abs=6)


@pytest.mark.slow
def test_pods_that_nobody_leads_share_the_rate_as_well(server, tmp_path):
    task = PodTask(plan=plan(server.ports[0]), generator="k6")
    file = tmp_path / "task.json"
    file.write_bytes(msgspec.json.encode(task))
    command = [sys.executable, "-I", "-m", MODULE, "--task", str(file), "--of", "2"]
    begun = [
        subprocess.Popen([*command, "--index", str(index)], stdout=subprocess.PIPE)
        for index in range(2)
    ]
    said = [each.communicate(timeout=90)[0] for each in begun]
    assert [each.returncode for each in begun] == [0, 0]
    assert all(line.count(b"\n") == 1 and json.loads(line) for line in said)
    (whole,) = joined([msgspec.json.decode(line, type=PodOutcome) for line in said])
    assert adds_up(whole)
    assert whole.requests == pytest.approx(RATE, abs=4)
    assert part(task.plan, 0, 2).rate == RATE / 2
