"""The step `idle`: what a component asks of the API server while nothing is done."""

from __future__ import annotations

import time

from loadstone import formats
from loadstone.measure.steps.activity import Activity
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.scene import Scene
from loadstone.model import Note


class BackgroundIdle:
    """A window in which nothing is done. Raises `StepFailed` where nobody counts requests."""

    def __init__(self, scene: Scene, step: formats.Idle) -> None:
        if scene.watched.activity is None:
            raise StepFailed(Note.of("not-counted", step=step.kind()))
        self._ask = scene.watched.activity
        self._ignore = step.ignore
        self._opened = self._closed = (0.0, Activity())

    def open_window(self) -> None:
        self._opened = time.monotonic(), self._ask()

    def close_window(self) -> None:
        self._closed = time.monotonic(), self._ask()

    def finish(self) -> Outcome:
        before, after = (each.without(self._ignore) for _, each in (self._opened, self._closed))
        return Outcome(
            quantities={
                "idle.requests": float(after.asked - before.asked),
                "idle.writes": float(after.writes - before.writes),
                "idle.watch_events": float(after.told - before.told),
                "idle.seconds": self._closed[0] - self._opened[0],
            }
        )

    def stop(self) -> None:
        """Nothing runs."""
