"""Many watchers of many objects: each sees every event, once, in the order of the versions."""

from __future__ import annotations

import subprocess
import sys
import threading
from itertools import pairwise
from pathlib import Path

import pytest

from tests.contract.client import Api, Collection
from tests.contract.conftest import Space, Target
from tests.contract.objects import ingress
from tests.contract.resources import INGRESSES

OBJECTS, WATCHERS, CREATORS = 200, 10, 4
ROOT = Path(__file__).parents[2]

Seen = list[tuple[int, str]]  # version, name


@pytest.fixture
def ingresses(target: Target, space: Space) -> Collection:
    return space.of(INGRESSES)


def watch(kubeconfig: Path, namespace: str, start: str, ready: threading.Barrier) -> Seen:
    """What one watcher, as a client of its own, saw."""
    client, seen = Api(kubeconfig), []
    with client.of(INGRESSES, namespace).watch(resourceVersion=start) as events:
        ready.wait()
        for _ in range(OBJECTS):
            event = events.next()
            metadata = event["object"]["metadata"]
            assert event["type"] == "ADDED"
            seen.append((int(metadata["resourceVersion"]), metadata["name"]))
    client.close()
    return seen


def test_every_watcher_sees_every_event_in_order(target: Target, ingresses: Collection) -> None:
    start = ingresses.list().ok()["metadata"]["resourceVersion"]
    names = [f"i{number:03d}" for number in range(OBJECTS)]
    ready = threading.Barrier(WATCHERS + 1, timeout=60)
    seen: list[Seen] = []

    def follow() -> None:
        seen.append(watch(target.kubeconfig, ingresses.namespace, start, ready))

    def create(part: list[str]) -> None:
        for name in part:
            ingresses.create(ingress(name)).ok()

    watchers = [threading.Thread(target=follow) for _ in range(WATCHERS)]
    parts = [names[number::CREATORS] for number in range(CREATORS)]
    creators = [threading.Thread(target=create, args=(part,)) for part in parts]
    for each in watchers:
        each.start()
    ready.wait()
    for each in creators:
        each.start()
    for each in (*creators, *watchers):
        each.join()
    assert len(seen) == WATCHERS
    for events in seen:
        assert events == seen[0]
        assert sorted(name for _, name in events) == names
        assert all(one < next_ for (one, _), (next_, _) in pairwise(events))


@pytest.mark.slow
def test_the_benchmark_finds_nothing_wrong(target: Target) -> None:
    """Its figures mean nothing at this size; its judgement does."""
    if target.ours is None:
        pytest.skip("the benchmark measures the in-memory server")
    sizes = ["--objects", "200", "--watchers", "10", "--rounds", "1", "--starts", "1"]
    done = subprocess.run(
        [sys.executable, "-m", "benchmarks.apiserver", *sizes],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "every one of 10 watchers saw 200 events in order" in done.stdout
