"""An output directory belongs to one session at a time, and never to a dead one."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from loadstone.errors import LoadstoneError, UsageError
from loadstone.system import lock
from loadstone.system.lock import claimed

HOLD = """
import sys
from pathlib import Path
from loadstone.system.lock import claimed
with claimed(Path(sys.argv[1])):
    print("held", flush=True)
    sys.stdin.read()
"""
# Each comes as often as it is refused, and makes a file that must not be there yet.
TAKE_TURNS = """
import sys, time
from pathlib import Path
from loadstone.system.lock import claimed
from loadstone.errors import UsageError
mark = Path(sys.argv[1]) / "one-at-a-time"
for _ in range(20):
    while True:
        try:
            with claimed(Path(sys.argv[1])):
                mark.touch(exist_ok=False)
                time.sleep(0.001)
                mark.unlink()
            break
        except UsageError:
            time.sleep(0.001)
"""


def start(script: str, directory: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, str(directory)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


@pytest.fixture
def holder(tmp_path):
    with start(HOLD, tmp_path) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_a_directory_in_use_names_the_process_and_what_to_do(holder, tmp_path):
    with pytest.raises(UsageError, match=f"process {holder.pid} ") as refused, claimed(tmp_path):
        pytest.fail("two hold it")
    assert str(tmp_path) in refused.value.message
    assert f"kill {holder.pid}" in refused.value.next_step
    assert "--out" in refused.value.next_step


def test_a_claim_of_a_process_that_was_killed_is_taken_over(holder, tmp_path):
    os.kill(holder.pid, signal.SIGKILL)
    holder.wait()
    assert (tmp_path / lock.FILE).read_text().strip() == str(holder.pid)  # it left its file
    with claimed(tmp_path):
        assert (tmp_path / lock.FILE).read_text().strip() == str(os.getpid())


def test_a_claim_ends_when_it_is_left_and_leaves_nothing(tmp_path):
    out = tmp_path / "not" / "there"
    with pytest.raises(ZeroDivisionError), claimed(out):
        raise ZeroDivisionError
    with claimed(out) as path:
        assert path == out
    assert list(out.iterdir()) == []


def test_a_file_of_a_pid_without_a_lock_hinders_nobody(tmp_path):
    (tmp_path / lock.FILE).write_text(f"{os.getppid()}\n")  # a live pid, used again by another
    with claimed(tmp_path):
        pass


def test_several_that_want_it_at_once_get_it_one_after_another(tmp_path):
    several = [start(TAKE_TURNS, tmp_path) for _ in range(4)]
    for process in several:
        process.communicate()
    assert [process.returncode for process in several] == [0, 0, 0, 0]


def test_where_there_can_be_no_directory_the_next_step_is_said(tmp_path):
    (tmp_path / "out").write_text("a file")
    out = tmp_path / "out"
    with pytest.raises(LoadstoneError, match="cannot write into") as refused, claimed(out):
        pytest.fail("claimed a file")
    assert "--out" in refused.value.next_step
