"""The life of a process that may be ended and started again while it is looked at."""

from __future__ import annotations

import threading

import psutil

from loadstone.measure.process_clocks import cpu_of


class ProcessLife:
    """A process by its name: the pid that it has now, and what its earlier lives have used.

    Safe from several threads.
    """

    def __init__(self, pid: int) -> None:
        self._lock = threading.Lock()
        self._pid: int | None = pid
        self._spent = 0.0
        self.lives = 1

    @property
    def now(self) -> tuple[int | None, float]:
        """The pid, None while there is none, and CPU seconds of its earlier lives."""
        with self._lock:
            return self._pid, self._spent

    def ended(self, pid: int) -> None:
        """It has ended, and can still be read."""
        spent = cpu_of([psutil.Process(pid)])
        with self._lock:
            self._pid, self._spent = None, self._spent + spent

    def began(self, pid: int | None) -> None:
        """It has been started again."""
        with self._lock:
            self._pid = pid
            self.lives += 1
