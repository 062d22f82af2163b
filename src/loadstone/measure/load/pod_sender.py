"""The sender of a pod's part of a load: the processes that it runs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import msgspec

from loadstone.measure.load.builtin_generator import MODULE, STARTING
from loadstone.measure.load.generator import LoadResult
from loadstone.measure.load.pod_task import PodOutcome, PodTask, with_files
from loadstone.measure.load.sender_watch import SenderWatch
from loadstone.measure.load.shares import merged
from loadstone.system.worker import Worker


class PodSender:
    """The processes of a task, which send by the clock of this pod."""

    def __init__(self, task: PodTask, folder: Path) -> None:
        """Open the connections. Raises `MeasurementFailed`, `UsageError`."""
        self._task = task
        self._workers: list[Worker] = []
        self._opened = 0.0
        self._watch = SenderWatch()
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
        self._watch.open(moment)

    def finish(self, moment: float) -> PodOutcome:
        """What came of the requests of the window, which ends then unless its length is fixed."""
        plan = self._task.plan
        self._say("finish", moment)
        self._watch.close(self._opened + plan.window if plan.window else moment)
        lines = [worker.answer(plan.window + plan.timeout + STARTING) for worker in self._workers]
        found = merged([msgspec.json.decode(line, type=list[LoadResult]) for line in lines])
        self.stop()
        return PodOutcome(results=found, sender=self._watch.state())

    def stop(self) -> None:
        """End at once. Fine at any time, and more than once."""
        self._watch.stop()
        for worker in self._workers:
            worker.stop()

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
