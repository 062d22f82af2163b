"""Programs that die with us: started without copying us, and no different for it."""

import errno
import os
import shutil
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from loadstone.errors import MissingTool
from loadstone.system import parent_death, processes
from tests.system.test_processes import wait_until

TRUE = Path(shutil.which("true") or "/bin/true").read_bytes()
LOADER = b"/lib64/ld-linux-x86-64.so.2\0"
WAITS = """
from loadstone.system import processes
processes.run(["env", "--ignore-signal=TERM", "sleep", "60"])
"""
COUNTS = """
import os
from loadstone.system import processes

copies = []
os.register_at_fork(before=lambda: copies.append(1))
processes.run(["true"])
print(len(copies))
"""

needs_setpriv = pytest.mark.skipif(
    parent_death.asking(["true"], os.environ) is None, reason="there is no setpriv that can ask"
)


@pytest.fixture
def tools(tmp_path):
    """A directory in front of the others on PATH."""
    folder = tmp_path / "tools"
    folder.mkdir()
    return folder


def on_path(folder):
    return {"PATH": f"{folder}{os.pathsep}{os.environ['PATH']}"}


def program(file, content, mode=0o755):
    file.write_bytes(content)
    file.chmod(mode)


def python(code, **more):
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True, **more)


@needs_setpriv
def test_a_program_of_this_machine_is_started_without_copying_this_process():
    with python(COUNTS) as counting:
        assert counting.communicate()[0] == "0\n"


def without_setpriv(folder):
    """Nothing, for a PATH that leads to no setpriv."""


def with_another_setpriv(folder):
    """A setpriv that does not know how to ask, as BusyBox has one: it knows no option at all."""
    program(folder / "setpriv", Path(shutil.which("false") or "/bin/false").read_bytes())


@pytest.mark.parametrize("machine", [None, without_setpriv, with_another_setpriv])
def test_a_killed_parent_takes_the_command_that_it_runs_with_it(machine, tools):
    environment = dict(os.environ)
    if machine is not None:
        for name in ("env", "sleep"):
            (tools / name).symlink_to(shutil.which(name))
        machine(tools)
        environment["PATH"] = str(tools)
    with python(WAITS, env=environment) as parent:
        try:
            ours = psutil.Process(parent.pid)
            wait_until(lambda: [child.name() for child in ours.children()] == ["sleep"])
            (child,) = ours.children()
        finally:
            parent.kill()
    wait_until(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_the_program_that_the_path_of_its_own_environment_leads_to_is_started(tools):
    program(tools / "no-tool-of-ours", TRUE)
    processes.run(["no-tool-of-ours"], env=on_path(tools))
    with pytest.raises(MissingTool, match="no-tool-of-ours"):
        processes.run(["no-tool-of-ours"])
    with pytest.raises(MissingTool, match="sleep"):
        processes.run(["sleep", "0"], env={"PATH": str(tools)})


def test_a_path_leads_from_the_directory_that_the_program_works_in(tools):
    program(tools / "tool", TRUE)
    processes.run(["./tool"], cwd=tools)
    processes.run(["tool"], cwd=tools.parent, env={"PATH": tools.name})
    with pytest.raises(MissingTool, match="tool"):
        processes.run(["./tool"], cwd=tools.parent)


def test_a_path_does_not_lead_from_the_directory_that_we_work_in(tools, tmp_path, monkeypatch):
    program(tools / "tool", TRUE)
    there = tmp_path / "elsewhere" / tools.name
    there.mkdir(parents=True)
    program(there / "tool", b"echo a script of no program\n")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(OSError, match="tool") as caught:
        processes.run(["tool"], cwd=there.parent, env={"PATH": tools.name})
    assert caught.value.errno == errno.ENOEXEC


@pytest.mark.parametrize(
    ("content", "mode", "number"),
    [
        pytest.param(TRUE, 0o644, errno.EACCES, id="not executable"),
        pytest.param(b"echo a script of no program\n", 0o755, errno.ENOEXEC, id="no kind"),
        pytest.param(b"", 0o755, errno.ENOEXEC, id="empty"),
        pytest.param(TRUE[:18] + b"\xff\xff" + TRUE[20:], 0o755, errno.ENOEXEC, id="machine"),
    ],
)
def test_a_program_that_cannot_be_started_is_an_error_of_the_system(content, mode, number, tools):
    program(tools / "true", content, mode)
    with pytest.raises(OSError, match="true") as caught:
        processes.run(["true"], env={"PATH": str(tools)})
    assert caught.value.errno == number


def test_a_directory_of_a_programs_name_is_no_program(tools):
    (tools / "tool").mkdir()
    with pytest.raises(PermissionError, match="tool"):
        processes.run(["tool"], env={"PATH": str(tools)})


@pytest.mark.parametrize(
    "content", [b"#!/no/such/interpreter\n", TRUE.replace(LOADER, b"/no" + LOADER[3:])]
)
def test_what_starts_a_program_is_missed_like_the_program(content, tools):
    if content == TRUE:
        pytest.skip("programs of this machine are started by another loader")
    program(tools / "tool", content)
    with pytest.raises(MissingTool, match="tool"):
        processes.run(["tool"], env={"PATH": str(tools)})


@pytest.mark.parametrize("status", [1, 126, 127])
def test_a_status_is_the_programs_own_and_it_runs_once(status, tmp_path):
    script = f"echo ran >> log; echo something >&2; exit {status}"
    with pytest.raises(processes.CommandFailed, match="something") as caught:
        processes.run(["sh", "-c", script], cwd=tmp_path)
    assert caught.value.status == status
    assert (tmp_path / "log").read_text() == "ran\n"


@pytest.mark.parametrize("status", [126, 127])
def test_a_program_that_speaks_of_setpriv_itself_runs_once(status, tmp_path):
    script = f"echo ran >> log; echo 'setpriv: failed to execute other: no' >&2; exit {status}"
    with pytest.raises(processes.CommandFailed, match="setpriv: failed"):
        processes.run(["sh", "-c", script], cwd=tmp_path)
    assert (tmp_path / "log").read_text() == "ran\n"


def test_a_program_sees_the_command_and_no_other():
    shown = processes.run(["sh", "-c", "tr '\\0' ' ' < /proc/$$/cmdline", "--", "-x"]).stdout
    assert shown == "sh -c tr '\\0' ' ' < /proc/$$/cmdline -- -x "


def test_a_program_is_told_what_it_is_given_in_whichever_way_it_is_started(tools):
    program(tools / "echo-input", b"#!/bin/sh\ncat\n")
    assert processes.run(["echo-input"], env=on_path(tools), input="said").stdout == "said"
    assert processes.run(["cat"], input="said").stdout == "said"
    assert processes.output(["cat"], input=b"\xff\r\n") == b"\xff\r\n"
