"""Route checks: requests whose answers are right or wrong.

Many are asked over a few connections, until each has answered as wanted or its time is up.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType

from loadstone.measure.http.caller import Answer, Caller
from loadstone.measure.http.route import Route

GONE = 404
_CONNECTIONS = 4  # few: asking must be no load of its own


def wrong(route: Route, answer: Answer) -> str:
    """The fault of an answer, in words; empty when it is right."""
    if answer.error:
        return f"no answer: {answer.error}"
    if answer.status != route.status:
        return f"{answer.status} instead of {route.status}"
    for name, value in route.headers.items():
        if answer.headers.get(name.lower()) != value:
            return f"{name} is {answer.headers.get(name.lower())!r} instead of {value!r}"
    return ""


def not_gone(route: Route, answer: Answer) -> str:
    """The fault of the answer of a route that should be gone (404); empty when it is."""
    if answer.error:
        return f"no answer: {answer.error}"
    return "" if answer.status == GONE else f"{answer.status} instead of {GONE}: {route.path}"


Wrong = Callable[[Route, Answer], str]


@dataclass(kw_only=True)
class PendingRoute:
    """A route that is asked until it answers as wanted, or until its time is up."""

    route: Route
    deadline: float  # monotonic, s
    wrong: Wrong = wrong
    due: float = 0.0  # not asked again before
    right_at: float | None = None  # when the right answer was in
    why: str = "it was never asked"

    @property
    def over(self) -> bool:
        return self.right_at is not None or time.monotonic() >= self.deadline


class RoutePoller:
    """A poller of routes: it asks each at most every `poll` seconds until it answers right.

    A wrong answer also costs its connection `poll` seconds, so that asking takes little of the
    machine while nothing is ready, and right answers follow one another without a pause: when all
    of N routes are ready, they are seen within N request times.
    """

    def __init__(self, address: str, *, poll: float, connections: int = _CONNECTIONS) -> None:
        self._poll = poll
        self._pending: deque[PendingRoute] = deque()
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._open = 0
        self.over: list[PendingRoute] = []
        self._threads = [
            threading.Thread(target=self._work, args=(address,), name="route-poller", daemon=True)
            for _ in range(connections)
        ]

    def __enter__(self) -> RoutePoller:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def open(self) -> int:
        """The number of routes that have not answered right yet and still have time."""
        return self._open

    def add(self, wanted: Sequence[PendingRoute]) -> None:
        with self._lock:
            self._pending.extend(wanted)
            self._open += len(wanted)

    def wait(self, check: Callable[[], None], *, tick: float = 0.02) -> None:
        """Wait until nothing is open. `check` is called every `tick` seconds and may raise."""
        while self._open:
            check()
            time.sleep(tick)

    def _work(self, address: str) -> None:
        caller = Caller(address)
        try:
            while not self._stop.is_set():
                wanted = self._next()
                if wanted is None:
                    self._stop.wait(self._poll)
                    continue
                self._stop.wait(max(0.0, wanted.due - time.monotonic()))
                self._ask(caller, wanted)
        finally:
            caller.close()

    def _next(self) -> PendingRoute | None:
        with self._lock:
            return self._pending.popleft() if self._pending else None

    def _ask(self, caller: Caller, wanted: PendingRoute) -> None:
        wanted.due = time.monotonic() + self._poll
        wanted.why = wanted.wrong(wanted.route, caller.ask(wanted.route))
        if not wanted.why:
            wanted.right_at = time.monotonic()
        over = wanted.over
        with self._lock:
            if over:
                self.over.append(wanted)
                self._open -= 1
            else:
                self._pending.append(wanted)
        if wanted.why:
            self._stop.wait(self._poll)
