"""Running the command line as a user does, in this process or in one of its own."""

from __future__ import annotations

import os
import shlex
import signal
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from loadstone import cli

# The installed program, where the built wheel is what is tested; else this checkout.
LOADSTONE = shlex.split(
    os.environ.get("LOADSTONE_COMMAND", f"{shlex.quote(sys.executable)} -m loadstone")
)
GRACE = 60.0  # s to clean up after an interrupt
PLANTED = Path(__file__).parent.parent / "planted"


@dataclass(frozen=True, kw_only=True)
class Said:
    """What a command said, and its exit code."""

    code: int
    out: str
    err: str


def loadstone(*arguments: str | Path, capsys: pytest.CaptureFixture[str]) -> Said:
    """A command line, run here: fast, for commands that start nothing."""
    capsys.readouterr()
    with pytest.raises(SystemExit) as caught:
        cli.main([str(argument) for argument in arguments])
    said = capsys.readouterr()
    return Said(code=int(caught.value.code or 0), out=said.out, err=said.err)


def start(*arguments: str | Path, cwd: Path, **environment: str) -> subprocess.Popen[str]:
    """A command line in a process of its own, which a test may interrupt or kill."""
    return subprocess.Popen(
        [*LOADSTONE, *(str(argument) for argument in arguments)],
        cwd=cwd,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        env={**os.environ, **environment},
    )


def finish(*arguments: str | Path, cwd: Path, timeout: float = 300.0, **environment: str) -> Said:
    """A command line in a process of its own, to its end.

    One that is late is interrupted, so that it runs beside no other test; what it said is shown.
    """
    process = start(*arguments, cwd=cwd, **environment)
    try:
        out, err = process.communicate(timeout=timeout)
    except subprocess.TimeoutExpired:
        out, err = stopped(process)
        pytest.fail(
            f"{shlex.join(map(str, arguments))}: not done after {timeout:g} s\n{out}\n{err}"
        )
    except BaseException:  # the test itself is late, or interrupted
        stopped(process)
        raise
    return Said(code=process.returncode, out=out, err=err)


def stopped(process: subprocess.Popen[str]) -> tuple[str, str]:
    """What a command said until it was interrupted, or killed where that did not end it."""
    process.send_signal(signal.SIGINT)
    try:
        return process.communicate(timeout=GRACE)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.communicate()
