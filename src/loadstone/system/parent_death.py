"""Programs that die with the process that started them (PR_SET_PDEATHSIG).

The new process has to ask for that itself. A function of ours that does so between fork and exec
works for every program (`ask`), but takes a real fork, which copies the page tables of this process
and takes the longer the more memory we have. `setpriv` asks as a program and then becomes the one
that it is told, so that CPython can use vfork: `asking`, for programs that a name leads to.
"""

from __future__ import annotations

import ctypes
import os
import shutil
import signal
import subprocess
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_PRCTL = ctypes.CDLL(None).prctl  # looked up here, since that takes a lock: see `ask`
_ASKING = ("--pdeathsig", "KILL", "--")
_NOT_STARTED = (126, 127)  # setpriv's statuses where it cannot become the program
_HEAD = 20  # bytes of an ELF file, up to the machine that it is for


def ask() -> None:
    """Ask, between fork and exec: one call of libc, which takes no lock that a thread may hold."""
    _PRCTL(_PR_SET_PDEATHSIG, signal.SIGKILL)


def asking(command: Sequence[str], env: Mapping[str, str]) -> list[str] | None:
    """The command with `setpriv` before it; None where that might not be the same.

    It is for a program that PATH of `env` leads to, if it is of the machine that setpriv is of: a
    file that the kernel does not know would become a script of the shell.
    """
    setpriv = _setpriv()
    if setpriv is None or "/" in command[0]:
        return None
    program = shutil.which(command[0], path=os.pathsep.join(os.get_exec_path(env)))
    if program is None or not Path(program).is_absolute():
        return None
    if _kind(program) is None or _kind(program) != _kind(setpriv):
        return None
    return [setpriv, *_ASKING, *command]


def refused(done: subprocess.CompletedProcess[bytes], program: str) -> bool:
    """Whether setpriv ended instead of the program, which has not been started then.

    It says one line with the program's name, in the user's language. What else begins so is of a
    `setpriv` that the program started itself: it must not be run twice.
    """
    said = done.stderr
    return (
        done.returncode in _NOT_STARTED
        and not done.stdout
        and said.startswith(b"setpriv: ")
        and said.count(b"\n") == 1
        and os.fsencode(program) in said
    )


@cache
def _setpriv() -> str | None:
    """The `setpriv` that knows how to ask; BusyBox has one that does not."""
    found = shutil.which("setpriv")
    if found is None:
        return None
    tried = subprocess.run(
        [found, *_ASKING, found, "--version"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return found if tried.returncode == 0 else None


def _kind(file: str) -> bytes | None:
    """Class, order of bytes and machine of an ELF file; None for any other file."""
    try:
        with Path(file).open("rb") as program:
            head = program.read(_HEAD)
    except OSError:
        return None
    return head[4:6] + head[18:] if head.startswith(b"\x7fELF") else None
