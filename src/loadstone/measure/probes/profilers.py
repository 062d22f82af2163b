"""Profilers of a component's own: programs that its file names, for runtimes without pprof.

py-spy, memray, async-profiler, `perf` and the like are given the process, a time and a file, and
what they leave there, or print, is taken as it is: whether it is a profile is judged later, by
its bytes.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from loadstone.errors import LoadstoneError
from loadstone.system import processes

NAMES = ("pid", "seconds", "output")  # what a profiler's command is told, beside the component's
LARGEST = 64 * 1024 * 1024  # By
_OUTPUT = "output"

Command = Callable[[Mapping[str, str]], Sequence[str]]


class ProfilerFailed(Exception):
    """A profiler that failed, or left nothing; the message says why."""


def taken(command: Command, pid: int, seconds: int, *, within: float) -> bytes:
    """The profile that a profiler leaves in `${output}`, or prints where it leaves no file."""
    with tempfile.TemporaryDirectory(prefix="loadstone-profile-") as folder:
        file = Path(folder) / _OUTPUT
        names = {"pid": str(pid), "seconds": str(seconds), _OUTPUT: str(file)}
        try:
            said = processes.run(command(names), timeout=within, scrubbed=True)
        except (LoadstoneError, OSError) as error:
            raise ProfilerFailed(str(error)) from error
        if not file.is_file():
            return said.stdout.encode()
        if file.stat().st_size > LARGEST:
            raise ProfilerFailed(f"it left more than {LARGEST} bytes")
        return file.read_bytes()
