"""The process of watchers and writes: `python -m loadstone.measure.load.watch_process`.

`sender` says what it is told and what it answers. Writes and events are stamped by one clock in one
process, so that what is between them is not the way from one process of ours to another.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from functools import partial

import msgspec
import uvloop

from loadstone.measure.load import sender
from loadstone.measure.load.api_request import ApiMessages
from loadstone.measure.load.api_target import lane_address, tls
from loadstone.measure.load.arrivals import moments
from loadstone.measure.load.lane import Lane
from loadstone.measure.load.load_request import LoadRequest
from loadstone.measure.load.pacer import Pacer
from loadstone.measure.load.pool import Pool
from loadstone.measure.load.recorder import Recorder
from loadstone.measure.load.watch import AGENT, MARK, SETTLING, WatchPlan, WatchResult
from loadstone.measure.load.watch_events import SeenEvent
from loadstone.measure.load.watch_stream import WatchStream
from loadstone.measure.load.write_ledger import WriteLedger

ATONCE = 64  # watches being opened at a time


class WriteRecorder(Recorder):
    """A recorder that tells a ledger of the writes that were answered right."""

    def __init__(self, ledger: WriteLedger) -> None:
        super().__init__()
        self._ledger = ledger

    def answer(self, request: LoadRequest, now: float, fault: str | None) -> None:
        super().answer(request, now, fault)
        if fault is None and isinstance(request, Write):
            self._ledger.answered(request.number)


class Write(LoadRequest):
    """A write, with its number."""

    __slots__ = ("number",)

    number: int


class Writes(Pacer):
    """The writes of a plan, one object after another."""

    name = "watch"

    def __init__(self, plan: WatchPlan, ledger: WriteLedger) -> None:
        pool = partial(Pool, tls=tls(plan.access))
        lane = Lane(plan, lane_address(plan.access), pool)
        lane.recorder = WriteRecorder(ledger)
        constant = plan.arrivals.law == "constant"
        super().__init__(
            [lane], _times(plan), rate=plan.rate if constant else None, window=plan.window
        )
        self._lane, self._ledger = lane, ledger
        self._objects = plan.objects
        self._messages = ApiMessages(plan.access, AGENT)

    @property
    def opened(self) -> float:
        """When the window was opened."""
        return self._lane.recorder.opened

    def _due(self, index: int, moment: float) -> None:
        number = len(self._ledger)
        body = msgspec.json.encode({"metadata": {"annotations": {MARK: str(number)}}})
        path = self._objects[index % len(self._objects)]
        write = Write(self._messages.patch(path, body), moment)
        write.number = number
        self._ledger.due(write)
        self._lane.due(write)


class WatcherCrowd:
    """All watchers of a plan, and the writes."""

    def __init__(self, plan: WatchPlan) -> None:
        self._plan = plan
        fast = plan.watchers - plan.slow
        self._ledger = WriteLedger(fast)
        self._writes = Writes(plan, self._ledger)
        self._streams = [
            WatchStream(self, plan.access, plan.path, plan.revision, rate)
            for rate in [0.0] * fast + [plan.slow_rate] * plan.slow
        ]
        self._refused = 0  # until all were open, too
        self._example = ""
        self._zero()

    def _zero(self) -> None:
        self._events = self._slow_events = self._disordered = 0
        self._reopened = self._expired = 0

    async def begin(self) -> None:
        """Open the watches, then begin to write. Raises `TimeoutError` with what was said."""
        gate = asyncio.Semaphore(ATONCE)

        async def one(stream: WatchStream) -> None:
            async with gate:
                await stream.open()
                await stream.opened.wait()

        try:
            async with asyncio.timeout(self._plan.opening):
                await asyncio.gather(*(one(stream) for stream in self._streams))
        except TimeoutError as error:
            raise TimeoutError(f"watches did not open: {self._example or 'no answer'}") from error
        await self._writes.begin()

    def open_window(self) -> None:
        self._zero()
        self._writes.open_window()
        self._ledger.opened = self._writes.opened

    async def finish(self) -> WatchResult:
        (result,) = await self._writes.finish()
        events, slow_events = self._events, self._slow_events
        deadline = time.monotonic() + SETTLING
        while self._ledger.missing and time.monotonic() < deadline:
            await asyncio.sleep(0.05)
        opened = sum(stream.up for stream in self._streams)
        for stream in self._streams:
            stream.close()
        return WatchResult(
            writes=result,
            delivery=self._ledger.delivery.encode(),
            expected=self._ledger.expected,
            lost=self._ledger.lost,
            disordered=self._disordered,
            events=events,
            slow_events=slow_events,
            open=opened,
            reopened=self._reopened,
            expired=self._expired,
            refused=self._refused,
            example=self._example,
        )

    # what a watch tells

    def seen(self, watch: WatchStream, found: SeenEvent, now: float) -> None:
        self._events += 1
        self._slow_events += watch.slow
        if watch.place.is_retold(found):
            return
        if not watch.place.advance(found):
            self._disordered += 1
            return
        if found.write is not None and not watch.slow:
            self._ledger.seen(found.write, now)

    def ended(self, watch: WatchStream, *, expired: bool) -> None:  # noqa: ARG002
        self._reopened += 1
        self._expired += expired

    def refused(self, watch: WatchStream, why: str) -> None:  # noqa: ARG002
        self._refused += 1
        self._example = self._example or why


def _times(plan: WatchPlan) -> Iterator[float]:
    if not plan.rate:
        return iter(())
    return moments(plan.arrivals, plan.rate, seed=plan.seed, warmup=plan.warmup, window=plan.window)


if __name__ == "__main__":
    uvloop.run(sender.main(WatchPlan, WatcherCrowd))
