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
        self._template = step.template
        self._next = len(scene.of(step.template))
        self._alive: deque[tuple[Copy, PendingRoute]] = deque()
        self._times: list[float] = []
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

    def finish(self) -> Outcome:
        """Stop, and wait until every operation has been checked or its time is up."""
        self._window = (self._window[0], time.monotonic())
        self._halt()
        self._poller.wait(self._scene.check)
        self.stop()
        opened, closed = self._window
        counted = sum(opened <= moment < closed for moment in self._times)
        wrongs = self._wrongs()
        return Outcome(
            quantities={
                "churn.asked_rate": self._rate,
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

    def _wrongs(self) -> list[str]:
        over = self._poller.over
        return [f"{each.route.url}: {each.why}" for each in over if each.right_at is None]

    def _work(self) -> None:
        begun, operation = time.monotonic(), 0
        while not self._stop.wait(max(0.0, begun + operation / self._rate - time.monotonic())):
            try:
                self._remove() if operation % 2 == 0 else self._add()
            except LoadstoneError as error:
                self._failed = error
                return
            self._times.append(time.monotonic())
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
