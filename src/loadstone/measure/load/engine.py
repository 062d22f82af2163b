"""The engine of open-loop load over the routes of a plan."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from itertools import islice

from loadstone.measure.load.arrivals import interleaved, moments
from loadstone.measure.load.dialling import connections
from loadstone.measure.load.generator import LoadPlan
from loadstone.measure.load.load_request import LoadRequest, lane_order
from loadstone.measure.load.pacer import Pacer
from loadstone.measure.load.pool import Pool

RENEWING = 0.005  # s between looks for connections that are to go


class Engine(Pacer):
    """A load of a plan: every lane gets the same requests in the same order.

    Of several processes that share a schedule each sends every so-manieth request of it.
    """

    def __init__(self, plan: LoadPlan, pool: Callable[..., Pool] = Pool) -> None:
        self._targets, lanes = connections(plan, pool)
        times = moments(
            plan.arrivals, plan.rate, seed=plan.seed, warmup=plan.warmup, window=plan.window
        )
        super().__init__(
            lanes,
            islice(interleaved(times, len(lanes)), plan.process, None, plan.processes),
            rate=plan.rate / plan.processes if plan.arrivals.law == "constant" else None,
            window=plan.window,
        )
        self._plan = plan
        self._order = [lanes[lane] for lane in lane_order(len(lanes), plan.seed)]
        self._renewed = 0

    async def begin(self) -> None:
        """Open the connections that are kept; one of several processes waits for its start."""
        if self._plan.keepalive:
            await self.connect()
        if self._plan.processes == 1:
            self.start()

    def start(self, moment: float | None = None) -> None:
        super().start(moment)
        if self._plan.reconnect_rate:
            self._renew()

    def _due(self, index: int, moment: float) -> None:
        number = index * self._plan.processes + self._plan.process
        target = self._targets[number // len(self._lanes) % len(self._targets)]
        self._order[number % len(self._order)].due(LoadRequest(target, moment))

    def _renew(self) -> None:
        """Let the connections go whose turn it is, and open others."""
        due = int((time.monotonic() - self._start) * self._plan.reconnect_rate)
        while self._renewed < due:
            self._renewed += 1
            for lane in self._lanes:
                lane.renew()
        asyncio.get_running_loop().call_later(RENEWING, self._renew)
