"""The pacer of open-loop load: what is due is sent when it is due, whatever became of others."""

from __future__ import annotations

import asyncio
import time
from abc import ABC, abstractmethod
from collections.abc import Iterator, Sequence

from loadstone.measure.load.generator import LoadResult
from loadstone.measure.load.lane import Lane
from loadstone.measure.load.timer import Timer

LOOKOUT = 0.1  # s between looks for requests that waited too long


class Pacer(ABC):
    """A load under way: one schedule for all of its lanes, by `time.monotonic`.

    `times`: when the requests of all lanes are due, in s from the start. `rate`: asked for, of each
    lane (1/s); None: it is what was due. `window`: s; 0: until `finish` is called.
    """

    name = "openloop"

    def __init__(
        self, lanes: Sequence[Lane], times: Iterator[float], *, rate: float | None, window: float
    ) -> None:
        self._lanes = lanes
        self._times = times
        self._rate, self._window = rate, window
        self._timer = Timer()
        self._start = 0.0
        self._index = 0
        self._next = float("inf")
        self._end = float("inf")
        self._cpu = 0.0

    @abstractmethod
    def _due(self, index: int, moment: float) -> None:
        """Request number `index` is due."""

    async def begin(self) -> None:
        """Open the connections and start the schedule."""
        await self.connect()
        self.start()

    async def connect(self) -> None:
        """Open the connections."""
        await asyncio.gather(*(lane.pool.fill() for lane in self._lanes))

    def start(self, moment: float | None = None) -> None:
        """Start the schedule, at that moment or now."""
        loop = asyncio.get_running_loop()
        loop.add_reader(self._timer.fd, self._tick)
        loop.call_later(LOOKOUT, self._look_out)
        self._start = time.monotonic() if moment is None else moment
        self._next = self._start + next(self._times, float("inf"))
        self._tick()

    def open_window(self, moment: float | None = None) -> None:
        """Requests that are due from that moment on, or from now, count."""
        now = time.monotonic() if moment is None else moment
        for lane in self._lanes:
            lane.recorder.open(now)
        self._cpu = time.process_time()
        if self._window > 0:
            self._end = now + self._window

    async def finish(self, moment: float | None = None) -> Sequence[LoadResult]:
        """Wait for the end of the window and its last answers; return what became of them."""
        if moment is not None and self._end == float("inf"):
            self._end = moment
        cpu = await self.close_window()
        while not all(lane.recorder.settled for lane in self._lanes):
            await asyncio.sleep(0.005)
        for lane in self._lanes:
            lane.pool.close()
        return [self._result(lane, cpu) for lane in self._lanes]

    async def close_window(self) -> float:
        """Wait for the end of the window, and end the schedule; the CPU time (s) in it."""
        if self._end == float("inf"):
            self._end = time.monotonic()
        await asyncio.sleep(max(self._end - time.monotonic(), 0))
        self._tick()
        for lane in self._lanes:
            lane.recorder.close(self._end)
        return time.process_time() - self._cpu

    def _result(self, lane: Lane, cpu: float) -> LoadResult:
        recorder = lane.recorder
        due = recorder.requests / max(recorder.closed - recorder.opened, 1e-9)
        asked = due if self._rate is None else self._rate
        return recorder.result(generator=self.name, asked_rate=asked, cpu=cpu)

    def _tick(self) -> None:
        """Send everything that is due, and set the timer for what is due next."""
        now, end, due = time.monotonic(), self._end, self._next
        while due <= now and due < end:
            self._due(self._index, due)
            self._index += 1
            due = self._start + next(self._times, float("inf"))
        self._next = due
        if due < end and due != float("inf"):
            self._timer.set(due)

    def _look_out(self) -> None:
        now = time.monotonic()
        for lane in self._lanes:
            lane.look_out(now)
        asyncio.get_running_loop().call_later(LOOKOUT, self._look_out)
