"""Processes: what we start we can end, find again and explain."""

import os
import subprocess
import sys
import time

import psutil
import pytest

from loadstone.errors import MissingTool
from loadstone.system import processes

SLEEP = [sys.executable, "-c", "import time; print('up', flush=True); time.sleep(60)"]


def wait_until(condition, *, within=20.0):
    deadline = time.monotonic() + within
    while not condition():
        assert time.monotonic() < deadline, "not in time"
        time.sleep(0.02)


def test_a_finished_command_gives_what_it_printed():
    done = processes.run([sys.executable, "-c", "print('out')"])
    assert done.stdout == "out\n"


def test_a_failed_command_can_be_pasted_into_a_shell():
    with pytest.raises(processes.CommandFailed) as caught:
        processes.run([sys.executable, "-c", "import sys; sys.exit('no such thing')"])
    assert "'import sys; sys.exit('" in str(caught.value)
    assert "ended with status 1" in str(caught.value)
    assert "no such thing" in str(caught.value)


def test_a_program_that_is_not_there_is_named():
    with pytest.raises(MissingTool, match="no-such-program") as caught:
        processes.run(["no-such-program"])
    assert "doctor" in caught.value.next_step


def test_a_command_that_hangs_is_ended_and_said():
    with pytest.raises(processes.CommandFailed, match=r"not done after 0\.5 s"):
        processes.run(SLEEP, timeout=0.5)


def test_ending_a_program_ends_its_children_too(tmp_path):
    script = f"import subprocess, sys; subprocess.Popen({SLEEP!r}); {SLEEP[2]}"
    program = processes.spawn([sys.executable, "-c", script], log=tmp_path / "log")
    wait_until(lambda: psutil.Process(program.pid).children())
    (child,) = psutil.Process(program.pid).children()
    processes.end(program)
    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_program_that_ignores_sigterm_is_killed():
    script = "import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN);"
    program = processes.spawn(
        [sys.executable, "-c", script + "print('up', flush=True); time.sleep(60)"],
        stdout=subprocess.PIPE,
    )
    assert program.stdout is not None
    program.stdout.readline()
    assert processes.end(program, patience=0.2) == -9
    program.stdout.close()


def test_ending_what_has_ended_is_fine():
    program = processes.spawn([sys.executable, "-c", "pass"])
    program.wait()
    assert processes.end(program) == 0


@pytest.mark.xdist_group("orphans")  # nobody else may sweep meanwhile
def test_what_a_killed_run_left_is_found_and_ended():
    left = subprocess.Popen(SLEEP, env={**os.environ, processes.OWNER: "1:0.00"})
    try:
        wait_until(lambda: left.pid in {orphan.pid for orphan in processes.orphans()})
        assert left.pid in {orphan.pid for orphan in processes.sweep()}
        assert left.wait(timeout=10) != 0
    finally:
        left.kill()


@pytest.mark.xdist_group("orphans")
def test_what_runs_in_a_container_is_not_judged_by_the_pids_of_this_machine():
    away = ["unshare", "--user", "--map-root-user", "--pid", "--fork", "--kill-child"]
    if subprocess.run([*away, "true"], capture_output=True, check=False).returncode:
        pytest.skip("this machine allows no namespace of pids")
    owned = ["env", f"{processes.OWNER}=1:0.00"]
    with subprocess.Popen([*away, *owned, *SLEEP]) as container:
        try:
            outer = psutil.Process(container.pid)
            wait_until(lambda: any(SLEEP[0] in each.cmdline() for each in outer.children()))
            (inner,) = outer.children()
            assert inner.environ()[processes.OWNER] == "1:0.00"
            assert inner.pid not in {orphan.pid for orphan in processes.orphans()}
        finally:
            container.kill()


def test_what_a_living_run_started_is_left_alone():
    program = processes.spawn(SLEEP)
    try:
        assert program.pid not in {orphan.pid for orphan in processes.orphans()}
    finally:
        processes.end(program)


def test_a_killed_parent_takes_its_programs_with_it():
    script = (
        "from loadstone.system import processes; import time;"
        f"print(processes.spawn({SLEEP!r}).pid, flush=True); time.sleep(60)"
    )
    parent = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    parent.kill()
    parent.wait()
    parent.stdout.close()
    wait_until(lambda: not psutil.pid_exists(pid))
