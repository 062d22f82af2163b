"""The built-in generator, seen from the process that measures."""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

import msgspec

import loadstone
from loadstone.measure.load.generator import LoadPlan, LoadResult
from loadstone.measure.load.shares import merged, shared
from loadstone.system.worker import Worker

MODULE = "loadstone.measure.load.openloop"
STARTING = 30.0  # s for an interpreter to start and connections to open, on a busy machine
TELLING = 0.02  # s that a word takes to each of several processes, well above what it does


class OpenLoop:
    """Loadstone's own generator: asyncio on uvloop, a thread and a core for each process."""

    name = "openloop"

    def version(self) -> str:
        return loadstone.__version__

    def start(self, plan: LoadPlan, workdir: Path) -> RunningOpenLoop:
        return RunningOpenLoop(plan, workdir)


class RunningOpenLoop:
    """The running processes of the built-in generator."""

    def __init__(self, plan: LoadPlan, workdir: Path) -> None:
        self._plan = plan
        self._opened: float | None = None
        self._workers: list[Worker] = []
        try:
            for part in shared(plan):
                self._workers.append(Worker(MODULE, workdir / f"openloop-{part.process}.log"))
                self._workers[-1].tell(msgspec.json.encode(part))
            for worker in self._workers:
                worker.answer(STARTING)
        except BaseException:
            self.stop()
            raise
        if plan.processes > 1:
            self._say("begin")
        self._started = time.monotonic()

    @property
    def pids(self) -> Sequence[int]:
        return [worker.pid for worker in self._workers]

    def open_window(self) -> None:
        self._say("open")
        self._opened = time.monotonic()

    def finish(self) -> Sequence[LoadResult]:
        if self._opened is None:
            time.sleep(max(self._started + self._plan.warmup - time.monotonic(), 0))
            self.open_window()
        self._say("finish")
        patience = self._plan.window + self._plan.timeout + STARTING
        lines = [worker.answer(patience) for worker in self._workers]
        self.stop()
        return merged([msgspec.json.decode(line, type=list[LoadResult]) for line in lines])

    def stop(self) -> None:
        for worker in self._workers:
            worker.stop()

    def _say(self, word: str) -> None:
        """Tell every process, of several with one moment that is still to come."""
        several = len(self._workers) > 1
        line = f"{word} {time.monotonic() + TELLING!r}" if several else word
        for worker in self._workers:
            worker.tell(line.encode())
