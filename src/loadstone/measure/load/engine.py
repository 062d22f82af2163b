"""The engine of open-loop load: sends requests when they are due, whatever became of others."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from loadstone.measure.load.connection import Connection
from loadstone.measure.load.generator import LoadPlan, LoadResult
from loadstone.measure.load.load_request import LoadRequest, shuffled
from loadstone.measure.load.pool import Pool
from loadstone.measure.load.recorder import Recorder
from loadstone.measure.load.timer import Timer

NAME = "openloop"
LOOKOUT = 0.1  # s between looks for requests that waited too long


class Engine:
    """A load under way: a schedule, a pool of connections and a recorder, by `time.monotonic`."""

    def __init__(self, plan: LoadPlan, pool: Callable[..., Pool] = Pool) -> None:
        host, _, port = plan.target.rpartition(":")
        self._plan = plan
        self._targets = shuffled(plan.targets, plan.seed)
        self._recorder = Recorder()
        self._pool = pool(
            host=host.strip("[]"),
            port=int(port),
            size=plan.connections,
            owner=self,
            refused=self._refused,
            ready=self._free,
        )
        self._waiting: deque[LoadRequest] = deque()  # for any connection
        self._again: deque[LoadRequest] = deque()  # for one that is not idle: see `lost`
        self._timer = Timer()
        self._start = 0.0
        self._index = 0
        self._end = float("inf")
        self._cpu = 0.0

    async def begin(self) -> None:
        """Open the connections and start the schedule."""
        await self._pool.fill()
        loop = asyncio.get_running_loop()
        loop.add_reader(self._timer.fd, self._tick)
        loop.call_later(LOOKOUT, self._look_out)
        self._start = time.monotonic()
        self._tick()

    def open_window(self) -> None:
        """Requests that are due from now on count."""
        now = time.monotonic()
        self._recorder.open(now)
        self._cpu = time.process_time()
        if self._plan.window > 0:
            self._end = now + self._plan.window

    async def finish(self) -> LoadResult:
        """Wait for the end of the window and its last answers; return what became of them."""
        if self._end == float("inf"):
            self._end = time.monotonic()
        await asyncio.sleep(self._end - time.monotonic())
        self._tick()
        self._recorder.close(self._end)
        cpu = time.process_time() - self._cpu
        while not self._recorder.settled:
            await asyncio.sleep(0.005)
        self._pool.close()
        return self._recorder.result(generator=NAME, asked_rate=self._plan.rate, cpu=cpu)

    # the schedule

    def _tick(self) -> None:
        """Send everything that is due, and set the timer for what is due next."""
        now = time.monotonic()
        start, rate, end = self._start, self._plan.rate, self._end
        due = start + self._index / rate
        while due <= now and due < end:
            self._due(due)
            self._index += 1
            due = start + self._index / rate
        if due < end:
            self._timer.set(due)

    def _due(self, moment: float) -> None:
        self._recorder.due(moment)
        if len(self._waiting) >= self._plan.queue:
            self._recorder.drop(moment)
            return
        request = LoadRequest(self._targets[self._index % len(self._targets)], moment)
        connection = None if self._waiting else self._pool.free()
        if connection is None:
            self._waiting.append(request)
            self._demand()
            return
        connection.send(request)
        self._recorder.late(request)

    # connections

    def answered(self, connection: Connection, request: LoadRequest, now: float) -> None:
        fault = request.prepared.fault(connection.status, connection.headers, connection.length)
        self._recorder.answer(request, now, fault)
        if connection.up:
            self._free(connection)
        else:
            self._gone(connection)

    def lost(self, connection: Connection, request: LoadRequest | None, kind: str) -> None:
        """The connection is gone. It may have been closed just as we sent: send again, once.

        On a new connection, or one that answers meanwhile, not on one that lies idle: a target that
        reloads its configuration may close all of those at their next request (Go's net/http does),
        also those that never carried one.
        """
        if request is not None:
            if connection.begun or request.retried:
                self._recorder.error(request, kind)
            else:
                request.retried = True
                self._again.append(request)
        self._gone(connection)

    def unasked(self) -> None:
        self._recorder.surplus(time.monotonic())

    def _free(self, connection: Connection) -> None:
        """The connection can take a request: the one that waits longest, or the next due."""
        queue = self._again or self._waiting
        if queue:
            connection.send(queue.popleft())
        else:
            self._pool.idle.append(connection)

    def _gone(self, connection: Connection) -> None:
        self._recorder.reconnect(time.monotonic())
        self._pool.open.discard(connection)
        self._demand()

    def _demand(self) -> None:
        """Connections for what waits, and for nothing else."""
        self._pool.want(len(self._again) + len(self._waiting))

    def _refused(self) -> None:
        """A connection could not be opened. With none left, what waits has nowhere to go."""
        self._recorder.connect_error(time.monotonic())
        if self._pool.empty:
            for queue in (self._again, self._waiting):
                while queue:
                    self._recorder.error(queue.popleft(), "no connection")

    # requests that a client would have given up

    def _look_out(self) -> None:
        oldest = time.monotonic() - self._plan.timeout
        for queue in (self._again, self._waiting):
            while queue and queue[0].due < oldest:
                self._recorder.error(queue.popleft(), "timeout, never sent")
        self._cut_off(oldest)
        self._demand()  # also for what an attempt that failed has left waiting
        asyncio.get_running_loop().call_later(LOOKOUT, self._look_out)

    def _cut_off(self, oldest: float) -> None:
        """Close the connections whose request was due before `oldest`."""
        stuck = [c for c in self._pool.open if c.request and c.request.due < oldest]
        for connection in stuck:
            request = connection.request
            connection.close()
            self._gone(connection)
            if request is not None:
                self._recorder.error(request, "timeout")
