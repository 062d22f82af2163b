"""Interrupted and killed sessions: everything is ended, nothing is lost, and one goes on."""

import json
import os
import signal
import time

import psutil
import pytest

from loadstone.store.rounds import RoundLog
from loadstone.system import processes
from tests.e2e.command import PLANTED, finish, start

pytestmark = [pytest.mark.e2e, pytest.mark.timeout(300)]

ROUNDS = 2


def arguments(out, *more):
    plain = f"path:{PLANTED / 'plain'}"
    return [
        "run",
        *("--scenario", PLANTED / "scenario.yaml", "--component", PLANTED / "component.yaml"),
        *("--base", plain, "--head", plain, "--looks", ROUNDS, "--out", out, *more),
    ]


def runs_in(out):
    log = out / "rounds.jsonl"
    return max(0, len(log.read_text().splitlines()) - 1) if log.exists() else 0


def wait_for_a_run(out, process):
    deadline = time.monotonic() + 120
    while runs_in(out) < 1:
        assert process.poll() is None, process.communicate()
        assert time.monotonic() < deadline
        time.sleep(0.05)


def ours(owner):
    """Processes that `owner` answers for."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.environ().get(processes.OWNER, "").split(":")[0] == str(owner):
                found.append(process)
        except psutil.Error:
            continue
    return [process for process in found if process.is_running()]


@pytest.mark.parametrize("sign", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_session_ends_all_it_started_and_says_how_to_go_on(tmp_path, sign):
    out = tmp_path / "out"
    process = start(*arguments(out), cwd=tmp_path)
    wait_for_a_run(out, process)
    process.send_signal(sign)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert "--resume" in err
    assert "Traceback" not in err
    assert ours(process.pid) == []


def test_after_a_kill_nothing_is_left_and_the_session_goes_on(tmp_path):
    out = tmp_path / "out"
    process = start(*arguments(out), cwd=tmp_path)
    wait_for_a_run(out, process)
    time.sleep(0.3)  # somewhere in the middle of the next run
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    kept = RoundLog(out / "rounds.jsonl").read()

    assert finish("sweep", cwd=tmp_path).code == 0
    assert ours(process.pid) == []

    said = finish(*arguments(out, "--resume"), cwd=tmp_path)
    # It ended; what two rounds find on a busy machine is not the question.
    assert said.code in (0, 1, 3), said.err
    record = json.loads((out / "record.json").read_text())
    assert [run["started"] for run in record["runs"][: len(kept)]] == [run.started for run in kept]
    slots = [(run["case"], run["side"], run["round"]) for run in record["runs"]]
    assert len(set(slots)) == len(slots)
    assert {run["round"] for run in record["runs"]} == set(range(1, ROUNDS + 1))


def test_another_plan_cannot_go_on_with_these_rounds(tmp_path):
    out = tmp_path / "out"
    process = start(*arguments(out), cwd=tmp_path)
    wait_for_a_run(out, process)
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=60)
    said = finish(*arguments(out, "--resume", "--seed", "99"), cwd=tmp_path)
    assert said.code == 2
    assert "seed" in said.err
