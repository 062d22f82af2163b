"""The built-in generator, seen from the process that measures."""

from __future__ import annotations

import time
from pathlib import Path

import msgspec

import loadstone
from loadstone.measure.load.generator import LoadPlan, LoadResult
from loadstone.system.worker import Worker

MODULE = "loadstone.measure.load.openloop"
STARTING = 30.0  # s for an interpreter to start and connections to open, on a busy machine


class OpenLoop:
    """Loadstone's own generator: asyncio on uvloop, one thread, one core."""

    name = "openloop"

    def version(self) -> str:
        return loadstone.__version__

    def start(self, plan: LoadPlan, workdir: Path) -> RunningOpenLoop:
        return RunningOpenLoop(plan, workdir)


class RunningOpenLoop:
    """A running process of the built-in generator."""

    def __init__(self, plan: LoadPlan, workdir: Path) -> None:
        self._plan = plan
        self._opened: float | None = None
        self._worker = Worker(MODULE, workdir / "openloop.log")
        self._worker.tell(msgspec.json.encode(plan))
        self._worker.answer(STARTING)
        self._started = time.monotonic()

    def open_window(self) -> None:
        self._worker.tell(b"open")
        self._opened = time.monotonic()

    def finish(self) -> LoadResult:
        if self._opened is None:
            time.sleep(max(self._started + self._plan.warmup - time.monotonic(), 0))
            self.open_window()
        self._worker.tell(b"finish")
        line = self._worker.answer(self._plan.window + self._plan.timeout + STARTING)
        self._worker.stop()
        return msgspec.json.decode(line, type=LoadResult)

    def stop(self) -> None:
        self._worker.stop()
