"""The delivery of a watch that is open, as dials have it: late, and until it is dropped."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from typing import Protocol

from loadstone.cluster.api_proxy.exchange import ProxiedExchange


class WatchingClient(Protocol):
    """The client that a watch is delivered to, as far as that has to know it."""

    def write(self, data: bytes) -> None: ...

    def done(self, exchange: ProxiedExchange) -> None:
        """The answer has come to its end."""

    def abort(self) -> None: ...


class WatchDelivery:
    """The pieces of a watch's answer that are on their way, in order."""

    def __init__(
        self, client: WatchingClient, exchange: ProxiedExchange, rng: random.Random
    ) -> None:
        self._client, self._exchange, self._rng = client, exchange, rng
        self._pending: deque[tuple[bytes, bool]] = deque()  # and whether it is the last
        self._end: asyncio.TimerHandle | None = None  # drops it
        self.due = 0.0  # when the last delayed piece is; 0: none is delayed
        self._end_in_time()

    def pass_on(self, data: bytes, *, last: bool) -> None:
        """Deliver a piece, after the delay that is dialled now."""
        if not self._exchange.faults.slows:
            self._deliver(data, last=last)
            return
        loop = asyncio.get_running_loop()
        self.due = max(self.due, loop.time() + self._exchange.faults.delay(self._rng))
        self._pending.append((data, last))
        loop.call_at(self.due, self._deliver_next)

    def redial(self) -> None:
        """Act by the exchange's faults, which are others now."""
        self._end_in_time()
        if not self._exchange.faults.slows:
            self.due = 0.0
            while self._pending:
                self._deliver_next()

    def stop(self) -> None:
        """Deliver no more, and drop nothing."""
        self._pending.clear()
        if self._end is not None:
            self._end.cancel()
            self._end = None

    def _deliver_next(self) -> None:
        if self._pending:  # else a change of dials has delivered it
            data, last = self._pending.popleft()
            self._deliver(data, last=last)

    def _deliver(self, data: bytes, *, last: bool) -> None:
        self._client.write(data)
        if last:
            self._client.done(self._exchange)

    def _end_in_time(self) -> None:
        """Drop the watch when a dial says so, from now on."""
        if self._end is not None:
            self._end.cancel()
            self._end = None
        if self._exchange.faults.drop_after:
            loop = asyncio.get_running_loop()
            self._end = loop.call_later(self._exchange.faults.drop_after, self._drop)

    def _drop(self) -> None:
        """Cut the watch off, as a broken network does."""
        if self._exchange.account is not None:
            self._exchange.account.injected += 1
        self._client.abort()
