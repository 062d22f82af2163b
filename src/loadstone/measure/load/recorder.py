"""The recorder of a load: latencies, errors and wrong answers of the requests that were due."""

from __future__ import annotations

from collections import Counter, defaultdict

from loadstone.measure.load.generator import LoadResult
from loadstone.measure.load.histogram import Counts
from loadstone.measure.load.load_request import LoadRequest

EXAMPLES = 10  # of faults, kept for messages; all of them are counted
_NEVER = float("inf")


class Recorder:
    """A recorder of the requests that were due from `open` to `close`, however late the answer."""

    def __init__(self) -> None:
        self.opened = _NEVER
        self.closed = _NEVER
        self.latency = Counts()
        self.service = Counts()
        self.lateness = Counts()
        self.requests = 0
        self.answers = 0
        self.arrived = 0  # answers while the window was open, whenever they were due
        self.wrong = 0
        self.dropped = 0
        self.connect_errors = 0
        self.reconnects = 0
        self.connected = 0
        self.unasked = 0
        self.errors: Counter[str] = Counter()
        self.examples: list[str] = []
        self.due_by_second: defaultdict[int, int] = defaultdict(int)
        self.wrong_by_second: defaultdict[int, int] = defaultdict(int)

    def open(self, now: float) -> None:
        self.opened = now

    def close(self, now: float) -> None:
        self.closed = now

    @property
    def settled(self) -> bool:
        """Whether every request that was due in the window has come to its end."""
        ended = self.answers + self.wrong + self.dropped + sum(self.errors.values())
        return ended >= self.requests

    def due(self, moment: float) -> None:
        if moment >= self.opened:
            self.requests += 1
            self.due_by_second[int(moment - self.opened)] += 1

    def late(self, request: LoadRequest) -> None:
        """The request was sent on a connection that had been free."""
        if request.due >= self.opened:
            self.lateness.add(request.sent - request.due)

    def answer(self, request: LoadRequest, now: float, fault: str | None) -> None:
        """An answer has come; `fault` is what is wrong with it."""
        if self.opened <= now < self.closed:
            self.arrived += 1
        if request.due < self.opened:
            return
        if fault is None:
            self.answers += 1
            self.latency.add(now - request.due)
            self.service.add(now - request.sent)
            return
        self.wrong += 1
        self.wrong_by_second[int(request.due - self.opened)] += 1
        self._example(fault)

    def error(self, request: LoadRequest, kind: str) -> None:
        """No answer has come, and none will."""
        if request.due >= self.opened:
            self.errors[kind] += 1
            self._example(f"{request.prepared.name}: {kind}")

    def drop(self, moment: float) -> None:
        if moment >= self.opened:
            self.dropped += 1

    def connect(self, now: float) -> None:
        """A connection has been opened."""
        if self.opened <= now < self.closed:
            self.connected += 1

    def connect_error(self, now: float, why: str = "") -> None:
        if now >= self.opened:
            self.connect_errors += 1
            if why:
                self._example(f"no connection: {why}")

    def reconnect(self, now: float) -> None:
        if self.opened <= now < self.closed:
            self.reconnects += 1

    def surplus(self, now: float) -> None:
        """The target sent what no request had asked for."""
        if self.opened <= now < self.closed:
            self.unasked += 1
            self._example("an answer that no request had asked for")

    def result(self, *, generator: str, asked_rate: float, cpu: float) -> LoadResult:
        seconds = self.closed - self.opened
        return LoadResult(
            generator=generator,
            asked_rate=asked_rate,
            achieved_rate=self.arrived / seconds if seconds > 0 else 0.0,
            seconds=seconds,
            requests=self.requests,
            answers=self.answers,
            wrong=self.wrong,
            errors=dict(self.errors),
            examples=self.examples,
            dropped=self.dropped,
            connect_errors=self.connect_errors,
            reconnects=self.reconnects,
            connected=self.connected,
            unasked=self.unasked,
            latency=self.latency.encode(),
            service=self.service.encode(),
            lateness=self.lateness.encode(),
            cpu=cpu,
            series={
                "load.requests": [[s, self.due_by_second[s]] for s in sorted(self.due_by_second)],
                "load.wrong": [[s, self.wrong_by_second[s]] for s in sorted(self.due_by_second)],
            },
        )

    def _example(self, text: str) -> None:
        if len(self.examples) < EXAMPLES:
            self.examples.append(text)
