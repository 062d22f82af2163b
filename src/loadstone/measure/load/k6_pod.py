"""k6 in pods of the cluster: each sends a part of the rate with a part of the connections.

k6 cannot be told which requests of one schedule are its own, nor when to begin. So each pod has a
schedule for itself, at its share of the rate, and how those of several fall together is chance.
They send from when they are ready; the window opens and closes for all at the same moments.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from loadstone.errors import MeasurementFailed
from loadstone.measure.load.generator import LoadPlan
from loadstone.measure.load.k6 import K6, require_known
from loadstone.measure.load.pod_task import PodOutcome, PodTask
from loadstone.measure.load.sender_watch import SenderWatch
from loadstone.system.tools import find

_MOST = 100  # pods, of which each has a seed of its own


class K6Sender:
    """The k6 of one pod, which sends by the clock of this pod."""

    def __init__(self, task: PodTask, folder: Path) -> None:
        """Return when it sends. Raises `MeasurementFailed`, `UsageError`, `MissingTool`."""
        self._plan = task.plan
        self._watch = SenderWatch()
        self._opened = 0.0
        self._opening: threading.Thread | None = None
        self._running = K6(find("k6")).start(task.plan, folder)

    def begin(self, moment: float) -> None:
        """Nothing: it has sent since it was ready."""

    def open_window(self, moment: float) -> None:
        """What is due from that moment on counts."""
        self._opened = moment
        self._watch.open(moment)
        self._opening = threading.Thread(target=self._open, name="k6-window", daemon=True)
        self._opening.start()

    def finish(self, moment: float) -> PodOutcome:
        """What came of the requests of the window, which ends then unless its length is fixed."""
        ended = self._opened + self._plan.window if self._plan.window else moment
        if self._opening is not None:
            self._opening.join()
        self._watch.close(ended)
        time.sleep(max(ended - time.monotonic(), 0))
        return PodOutcome(results=self._running.finish(), sender=self._watch.state())

    def stop(self) -> None:
        """End at once. Fine at any time, and more than once."""
        self._watch.stop()
        self._running.stop()

    def _open(self) -> None:
        time.sleep(max(self._opened - time.monotonic(), 0))
        with contextlib.suppress(MeasurementFailed):  # it has ended, which `finish` says
            self._running.open_window()


def dealt(plan: LoadPlan, pods: int) -> Sequence[PodTask]:
    """The tasks of at most so many pods, each with a connection. Pure.

    Raises `UsageError` for what k6 does not do.
    """
    require_known(plan)
    count = max(min(pods, plan.connections), 1)
    return [PodTask(plan=part(plan, number, count), generator=K6.name) for number in range(count)]


def part(plan: LoadPlan, number: int, of: int) -> LoadPlan:
    """The part of one pod, which asks the targets in an order of its own. Pure."""
    return replace(
        plan,
        rate=plan.rate / of,
        connections=(plan.connections + number) // of,
        seed=plan.seed * _MOST + number,
        processes=1,
    )
