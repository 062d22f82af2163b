"""The step `churn`: copies come and go at a rate, and each is asked whether it came or went.

A rate alone would let a component look fast that drops half of the updates. Removals and additions
alternate and every copy lives equally long, so both sides have the same number of routes at every
moment; an added one must answer right while it lives, a removed one soon say 404.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence

from loadstone import formats
from loadstone.errors import LoadstoneError
from loadstone.measure.load.arrivals import moments
from loadstone.measure.steps.outcome import Outcome
from loadstone.measure.steps.routes import PendingRoute, RoutePoller, not_gone, wrong
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.templates import Copy
from loadstone.model import Note

_LIFE = 4.0  # s that a copy lives: long enough for any component that keeps up
_CHECKED_WITHIN = 10.0  # s after an operation, its route must answer by it
_POLL = 0.02  # s; a check is about right or wrong, not about time


class ChurnThread:
    """A thread that adds and removes copies in turn, at fixed times.

    It begins with as many copies as live `_LIFE` seconds at the rate. An operation whose route does
    not answer by it in time is wrong: an added one must answer right, a removed one 404.
    """

    def __init__(self, scene: Scene, step: formats.Churn) -> None:
        self._scene = scene
        self._rate = float(step.rate)
        self._constant = step.arrivals.law == "constant"
        self._times = moments(
            step.arrivals, self._rate, seed=scene.seed, warmup=scene.warmup, window=scene.window
        )
        self._template = step.template
        self._next = len(scene.of(step.template))
        self._alive: deque[tuple[Copy, PendingRoute]] = deque()
        self._due: list[float] = []  # when operations were due; those done took until
        self._done: list[float] = []
        self._failed: LoadstoneError | None = None
        self._window = (0.0, float("inf"))
        self._stop = threading.Event()
        self._poller = RoutePoller(scene.target, poll=_POLL, connections=2)
        self._thread = threading.Thread(target=self._work, name="churn", daemon=True)
        self._poller.__enter__()  # `stop` leaves it: it lasts longer than this call
        try:
            for _ in range(max(1, round(self._rate * _LIFE / 2))):
                self._add()
            self._poller.wait(scene.check)
        except BaseException:
            self.stop()
            raise
        self._thread.start()

    def open_window(self) -> None:
        self._window = (time.monotonic(), float("inf"))

    def close_window(self) -> None:
        self._window = (self._window[0], time.monotonic())

    def finish(self) -> Outcome:
        """Stop, and wait until every operation has been checked or its time is up."""
        self._halt()
        self._poller.wait(self._scene.check)
        self.stop()
        opened, closed = self._window
        counted = sum(opened <= moment < closed for moment in self._done)
        wrongs = self._wrongs()
        return Outcome(
            quantities={
                "churn.asked_rate": self._asked_rate(opened, closed),
                "churn.operations": counted,
                "churn.seconds": closed - opened,
                "churn.wrong": len(wrongs),
            },
            invalid=[] if self._failed is None else [_refused(self._failed)],
            notes=_shown(wrongs),
        )

    def stop(self) -> None:
        """End at once. Fine at any time, and more than once."""
        self._halt()
        self._poller.__exit__(None, None, None)

    def _halt(self) -> None:
        self._stop.set()
        if self._thread.is_alive():
            self._thread.join()

    def _asked_rate(self, opened: float, closed: float) -> float:
        """Operations due per second of the window, of which the last may not have begun."""
        if self._constant or not self._due:
            return self._rate
        while self._due[-1] < closed < float("inf"):
            self._due.append(self._begun + next(self._times))
        due = sum(opened <= moment < closed for moment in self._due)
        return due / max(closed - opened, 1e-9)

    def _wrongs(self) -> list[str]:
        over = self._poller.over
        return [f"{each.route.url}: {each.why}" for each in over if each.right_at is None]

    def _work(self) -> None:
        operation, self._begun = 0, time.monotonic()
        while True:
            self._due.append(self._begun + next(self._times))
            if self._stop.wait(max(0.0, self._due[-1] - time.monotonic())):
                return
            try:
                self._remove() if operation % 2 == 0 else self._add()
            except LoadstoneError as error:
                self._failed = error
                return
            self._done.append(time.monotonic())
            operation += 1

    def _add(self) -> None:
        copy = Copy(template=self._template, i=self._next)
        self._next += 1
        self._scene.delivery.create([copy])
        self._alive.append((copy, self._want(copy, gone=False)))

    def _remove(self) -> None:
        copy, came = self._alive.popleft()
        came.deadline = 0.0  # what is about to go and has not come yet was never right
        self._scene.delivery.delete([copy])
        self._want(copy, gone=True)

    def _want(self, copy: Copy, *, gone: bool) -> PendingRoute:
        wanted = PendingRoute(
            route=self._scene.renderer.route(copy),
            deadline=time.monotonic() + _CHECKED_WITHIN,
            wrong=not_gone if gone else wrong,
        )
        self._poller.add([wanted])
        return wanted


def _refused(error: LoadstoneError) -> Note:
    return Note.of("api-errors", said=error.message)


def _shown(wrongs: Sequence[str]) -> list[Note]:
    if not wrongs:
        return []
    return [Note.of("churn-wrong", wrong=len(wrongs), said=wrongs[0])]
