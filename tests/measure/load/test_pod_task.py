"""A load that several pods share is one load, however many they are."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import msgspec
import pytest
from hdrh.histogram import HdrHistogram
from hypothesis import given
from hypothesis import strategies as st

from loadstone.errors import UsageError
from loadstone.measure.load.generator import LaneTls, LoadPlan, SenderState, Target
from loadstone.measure.load.histogram import encode, summary
from loadstone.measure.load.pod_task import PodOutcome, PodTask, dealt, joined, with_files
from loadstone.measure.load.shares import shared
from tests.measure.load.test_shares import COUNTS, result

PLAN = LoadPlan(
    lanes=["127.0.0.1:1", "127.0.0.1:2"],
    targets=[Target(host="a", path="/")],
    rate=10.0,
    connections=10,
    warmup=0,
    window=1,
)


def plan(connections: int, processes: int) -> LoadPlan:
    return replace(PLAN, connections=connections, processes=processes, reconnect_rate=8.0)


@given(pods=st.integers(1, 20), processes=st.integers(1, 4), connections=st.integers(4, 500))
def test_every_request_and_connection_is_one_pods(
    pods: int, processes: int, connections: int
) -> None:
    tasks = dealt(plan(connections, processes), pods, {})
    parts = [part for task in tasks for part in task.parts()]
    assert [part.process for part in parts] == list(range(len(parts)))
    assert {part.processes for part in parts} == {len(parts)}
    assert sum(part.connections for part in parts) == connections
    assert min(part.connections for part in parts) >= 1
    assert sum(part.reconnect_rate for part in parts) == pytest.approx(8.0)
    assert len(tasks) == pods or len(tasks) * processes + processes > connections
    assert {task.count for task in tasks} == {processes}


@given(pods=st.integers(1, 8), processes=st.integers(1, 4))
def test_pods_send_what_as_many_processes_of_one_machine_would(pods: int, processes: int) -> None:
    tasks = dealt(plan(64, processes), pods, {})
    alone = shared(plan(64, processes * pods))
    assert [part for task in tasks for part in task.parts()] == list(alone)


def test_a_plan_that_not_even_one_pod_can_follow_is_said_before_there_is_one() -> None:
    with pytest.raises(UsageError, match="4 processes cannot share 3 connections"):
        dealt(plan(3, 4), 2, {})


def test_a_task_goes_through_the_wire_unchanged() -> None:
    (task,) = dealt(replace(PLAN, tls=[LaneTls(ca="/a"), LaneTls()]), 1, {"/a": "text"})
    assert msgspec.json.decode(msgspec.json.encode(task), type=PodTask) == task


@given(st.lists(st.lists(COUNTS, min_size=2, max_size=2), min_size=1, max_size=4))
def test_what_pods_have_found_is_joined_without_loss(found) -> None:
    outcomes = [
        PodOutcome(
            results=[result(counts) for counts in lanes], sender=SenderState(pod=f"load-{number}")
        )
        for number, lanes in enumerate(found)
    ]
    wire = msgspec.json.encode(outcomes)
    lanes = joined(msgspec.json.decode(wire, type=list[PodOutcome]))
    assert len(lanes) == 2
    for number, lane in enumerate(lanes):
        whole: Counter[int] = Counter()
        for each in found:
            whole.update(each[number])
        assert summary(lane.latency) == summary(encode(whole))
        assert HdrHistogram.decode(lane.latency).get_total_count() == sum(whole.values())
        assert [part.sender.pod for part in lane.parts if part.sender] == [
            f"load-{place}" for place in range(len(found))
        ]
        assert [part.latency for part in lane.parts] == [encode(each[number]) for each in found]
        assert lane.requests == 7 * len(found)


def test_files_of_certificates_are_where_the_pod_has_put_them() -> None:
    secure = replace(PLAN, tls=[LaneTls(ca="/here/ca.pem"), LaneTls()])
    assert [each.ca for each in with_files(secure, {"/here/ca.pem": "/there/0.pem"}).tls] == [
        "/there/0.pem",
        "",
    ]
