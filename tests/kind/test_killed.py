"""Whoever is killed leaves what a sweep finds, whenever that is, and goes on where he was."""

from __future__ import annotations

import random
import subprocess
import time
from pathlib import Path

import pytest

from loadstone.cluster.kind import cluster_labels
from loadstone.cluster.kind.kind_provider import KindProvider
from tests.contract.waiting import eventually
from tests.kind.ground import ground
from tests.kind.killing import KilledSession

pytestmark = [pytest.mark.kind, pytest.mark.timeout(1800)]

KEPT = 3  # runs that are on disk at the kill


def test_a_sweep_leaves_nothing_of_a_session_that_was_killed_as_it_made_its_cluster(
    tmp_path: Path,
) -> None:
    there, seconds = ground(), random.Random(1).uniform(0.0, 10.0)
    before = there.left()

    def making() -> bool:
        if not there.left() - before:
            return False
        time.sleep(seconds)
        return True

    done = KilledSession(there, tmp_path).kill_when(making)
    assert not done.ended
    assert "kind cluster" in done.swept
    assert done.left == set()


def test_a_sweep_waits_for_what_the_daemon_is_making() -> None:
    """As of a client that was killed meanwhile: a node's /var is copied for seconds."""
    there = ground()
    before = there.left()
    said = cluster_labels.labels("loadstone-of-a-test", owner="1:0.00", machine="", now=0.0)
    labels = [f"--label={key}={value}" for key, value in said.items() if value]
    command = ["docker", "create", *labels, "--volume=/var", there.image]
    with subprocess.Popen(command, env=there.docker.environment()) as client:
        eventually(lambda: there.left() - before)  # listed, and not to be looked at yet
        (coming,) = there.left() - before
        swept = KindProvider(options=there.options()).sweep()
        client.wait(timeout=300)
    assert "kind cluster loadstone-of-a-test" in swept
    assert coming not in there.left()


def test_a_session_that_was_killed_in_a_run_goes_on_and_has_lost_no_other(tmp_path: Path) -> None:
    session = KilledSession(ground(), tmp_path)

    def in_a_run() -> bool:
        if len(session.runs()) < KEPT:
            return False
        time.sleep(2.0)
        return True

    done = session.kill_when(in_a_run)
    kept = session.runs()
    assert not done.ended
    assert "kind cluster" in done.swept
    assert done.left == set()
    assert done.lost == 0
    assert len(kept) >= KEPT
    runs = session.to_the_end()["runs"]
    assert [run["started"] for run in runs[: len(kept)]] == [run.started for run in kept]
    slots = [(run["case"], run["side"], run["round"]) for run in runs]
    assert len(set(slots)) == len(slots)
    assert {run["round"] for run in runs} == {1, 2, 3, 4}
