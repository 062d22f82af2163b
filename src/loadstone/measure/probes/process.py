"""The probe `process`: CPU, memory, threads and files of the component's process tree.

CPU time comes from the process's own clock: `/proc` counts ticks of 10 ms, and one at each end of a
window of 4 s is 4 % of a proxy's half second, about the margin of such a metric. Children that have
ended have no clock any more and are added in ticks.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from loadstone.measure.probes.probe import Cost, ProbeReading, Subject
from loadstone.measure.process_clocks import cpu_of, tree_of
from loadstone.measure.process_life import ProcessLife

_EVERY = 0.1  # s between two samples
_SELDOM = 10  # samples between two looks at what is dear to read
_RESET_PEAK = "5"  # to /proc/PID/clear_refs: the peak of the resident memory begins anew


@dataclass(frozen=True, kw_only=True)
class ProcessData:
    """The CPU, memory, threads and files of a process tree; points are [s since open, value]."""

    cpu: tuple[float, float]  # s at open and close, ended children included
    rss: Sequence[tuple[float, int]]  # By of resident memory
    anon: Sequence[tuple[float, int]]  # By of it that are no pages of files
    # By: the kernel's high-water mark in the window; None for a tree of several processes, where
    # the largest point has to do.
    peak: int | None
    threads: Sequence[tuple[float, int]]  # how many, more seldom
    fds: Sequence[tuple[float, int]]  # how many, more seldom
    coarse: float = 0.0  # s: how far the CPU time of the window may be from what it seems


class ProcessProbe:
    """The probe that reads the tree below one process, in a thread of its own."""

    name = "process"

    def __init__(self) -> None:
        self._cost = Cost()
        self._rss: list[tuple[float, int]] = []
        self._anon: list[tuple[float, int]] = []
        self._threads: list[tuple[float, int]] = []
        self._fds: list[tuple[float, int]] = []
        self._stop = threading.Event()

    def open(self, subject: Subject) -> None:
        assert subject.pid is not None  # noqa: S101  (it is of this machine)
        self._life = subject.life or ProcessLife(subject.pid)
        self._root: psutil.Process | None = psutil.Process(subject.pid)
        with self._cost:
            self._tree = tree_of(self._root)
            self._peak_is_ours = _reset_peak(subject.pid)
            self._begun = time.monotonic()
            self._first = self._last = cpu_of(self._tree)
        self._thread = threading.Thread(target=self._work, name="probe-process", daemon=True)
        self._thread.start()

    def close(self) -> ProbeReading:
        self._stop.set()
        self._thread.join()
        with self._cost:
            self._look()
            self._look_around()
            peak = _peak(self._root) if self._root and self._peak_is_ours else None
        data = ProcessData(
            cpu=(self._first, self._last),
            rss=self._rss,
            anon=self._anon,
            peak=peak,
            threads=self._threads,
            fds=self._fds,
        )
        return ProbeReading(data=data, cost=self._cost.seconds)

    def stop(self) -> None:
        self._stop.set()

    def _work(self) -> None:
        looks = 0
        while not self._stop.wait(_EVERY if looks else 0.0):
            with self._cost:
                self._look()
                if looks % _SELDOM == 0:
                    self._look_around()
            looks += 1

    def _look(self) -> None:
        with contextlib.suppress(psutil.Error):  # that it ended is for the run to find
            spent = self._follow()
            moment = time.monotonic() - self._begun
            self._last = spent + cpu_of(self._tree)
            if self._root is None:
                return
            memory = [each.memory_info() for each in self._tree]
            self._rss.append((moment, sum(each.rss for each in memory)))
            self._anon.append((moment, sum(each.rss - each.shared for each in memory)))

    def _follow(self) -> float:
        """Look at the process that it is now; CPU seconds of those that it was before."""
        pid, spent = self._life.now
        if pid != (self._root.pid if self._root else None):
            self._root = None if pid is None else psutil.Process(pid)
            self._tree = [] if self._root is None else tree_of(self._root)
        return spent

    def _look_around(self) -> None:
        """What is dear to read: finding children goes through every process of the machine."""
        with contextlib.suppress(psutil.Error):
            if self._root is None:
                return
            self._tree = tree_of(self._root)
            moment = time.monotonic() - self._begun
            self._threads.append((moment, sum(each.num_threads() for each in self._tree)))
            self._fds.append((moment, sum(each.num_fds() for each in self._tree)))


def _reset_peak(pid: int) -> bool:
    with contextlib.suppress(OSError):
        Path(f"/proc/{pid}/clear_refs").write_text(_RESET_PEAK)
        return True
    return False


def _peak(root: psutil.Process) -> int | None:
    with contextlib.suppress(OSError, psutil.Error):
        if len(tree_of(root)) == 1:
            return peak_of(Path(f"/proc/{root.pid}/status").read_text())
    return None


def peak_of(status: str) -> int | None:
    """The resident high-water mark (By) in the text of /proc/PID/status, where it has one."""
    for line in status.splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    return None
