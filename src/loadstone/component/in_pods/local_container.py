"""The main process of a container whose node is on this machine, as those of kind are.

There the container's own clock and memory can be read exactly, as those of any other process.
"""

from __future__ import annotations

import contextlib
from pathlib import Path

_PROC = Path("/proc")
_SHORTEST = 32  # hexadecimal digits: less is no identity of a container


def main_process(container: str, proc: Path = _PROC) -> int | None:
    """The pid of the process that a container was started as; None where it is not here."""
    if len(container) < _SHORTEST:
        return None
    found: dict[int, tuple[int, int]] = {}  # pid → parent, start
    for folder in proc.iterdir():
        with contextlib.suppress(OSError, ValueError):
            if folder.name.isdecimal() and container in (folder / "cgroup").read_text():
                found[int(folder.name)] = _parent_and_start((folder / "stat").read_text())
    roots = [(start, pid) for pid, (parent, start) in found.items() if parent not in found]
    return min(roots)[1] if roots else None  # what is executed in it later is a root as well


def _parent_and_start(stat: str) -> tuple[int, int]:
    """Fields 4 and 22 of /proc/PID/stat; the name in field 2 may hold anything."""
    rest = stat.rpartition(")")[2].split()
    return int(rest[1]), int(rest[19])
