"""The clocks of processes: CPU seconds of a tree so far.

Ended children are in ticks of 10 ms, all else is to the nanosecond.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Sequence

import psutil


def tree_of(root: psutil.Process) -> list[psutil.Process]:
    """A process and all its descendants."""
    return [root, *root.children(recursive=True)]


def cpu_of(tree: Sequence[psutil.Process]) -> float:
    """CPU seconds of a tree so far, ended children that were waited for included."""
    total = 0.0
    for each in tree:
        with contextlib.suppress(psutil.Error, OSError):
            times = each.cpu_times()
            total += own_cpu(each.pid) + times.children_user + times.children_system
    return total


def own_cpu(pid: int) -> float:
    """CPU seconds of all threads of a process, to the nanosecond.

    /proc counts in ticks of 10 ms, which a short window cannot afford. This is the clock that
    clock_getcpuclockid(3) names: `~pid << 3`, with 2 for the time the scheduler gave it.
    """
    return time.clock_gettime((~pid << 3) | 2)
