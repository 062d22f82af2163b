"""The sender of a pod's part of a load: the processes that it runs, and the looks around them."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Mapping
from pathlib import Path

import msgspec

from loadstone.measure.load.builtin_generator import MODULE, STARTING
from loadstone.measure.load.generator import LoadResult, SenderState
from loadstone.measure.load.pod_task import PodOutcome, PodTask, with_files
from loadstone.measure.load.sender_state import StateLook, conntrack, look, state
from loadstone.measure.load.shares import merged
from loadstone.system.worker import Worker

_EVERY = 1.0  # s between two looks at the connection table


class PodSender:
    """The processes of a task, which send by the clock of this pod."""

    def __init__(self, task: PodTask, folder: Path) -> None:
        """Open the connections. Raises `MeasurementFailed`, `UsageError`."""
        self._task = task
        self._workers: list[Worker] = []
        self._looks: list[StateLook] = []
        self._table: list[float] = []
        self._opened = self._ended = 0.0
        self._watching: threading.Thread | None = None
        self._closing = threading.Event()
        try:
            for part in task.parts():
                told = with_files(part, _written(task.authorities, folder)) if part.tls else part
                self._workers.append(Worker(MODULE, folder / f"openloop-{part.process}.log"))
                self._workers[-1].tell(msgspec.json.encode(told))
            for worker in self._workers:
                worker.answer(STARTING)
        except BaseException:
            self.stop()
            raise

    def begin(self, moment: float) -> None:
        """Send from that moment on; a process that has the schedule for itself does already."""
        if self._task.plan.processes > 1:
            self._say("begin", moment)

    def open_window(self, moment: float) -> None:
        """What is due from that moment on counts."""
        self._say("open", moment)
        self._opened = moment
        self._watching = threading.Thread(target=self._watch, name="sender-state", daemon=True)
        self._watching.start()

    def finish(self, moment: float) -> PodOutcome:
        """What came of the requests of the window, which ends then unless its length is fixed."""
        plan = self._task.plan
        self._say("finish", moment)
        self._ended = self._opened + plan.window if plan.window else moment
        self._closing.set()
        lines = [worker.answer(plan.window + plan.timeout + STARTING) for worker in self._workers]
        found = merged([msgspec.json.decode(line, type=list[LoadResult]) for line in lines])
        self.stop()
        return PodOutcome(results=found, sender=self._state())

    def stop(self) -> None:
        """End at once. Fine at any time, and more than once."""
        self._closing.set()
        for worker in self._workers:
            worker.stop()

    def _state(self) -> SenderState:
        if self._watching is not None:
            self._watching.join()
        return state(_read, self._looks, conntrack=max(self._table, default=None), names=os.environ)

    def _watch(self) -> None:
        """Look from when the window opens to when it closes."""
        time.sleep(max(self._opened - time.monotonic(), 0))
        self._look()
        while not self._closing.wait(_EVERY):
            self._look()
        time.sleep(max(self._ended - time.monotonic(), 0))
        self._look()

    def _look(self) -> None:
        self._looks.append(look(_read, time.monotonic()))
        if (share := conntrack(_read)) is not None:
            self._table.append(share)

    def _say(self, word: str, moment: float) -> None:
        for worker in self._workers:
            worker.tell(f"{word} {moment!r}".encode())


def _written(authorities: Mapping[str, str], folder: Path) -> dict[str, str]:
    """The files of certificates as they are here, by what their lanes call them."""
    found = {}
    for number, (name, text) in enumerate(authorities.items()):
        file = folder / f"authorities-{number}.pem"
        file.write_text(text)
        found[name] = str(file)
    return found


def _read(path: str) -> str | None:
    try:
        return Path(path).read_text(errors="replace")
    except OSError:
        return None
