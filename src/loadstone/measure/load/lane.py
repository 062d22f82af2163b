"""A lane of a load: the connections to one address, the requests that wait, and their recorder."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from typing import Any, Protocol

from loadstone.measure.load.load_request import LoadRequest
from loadstone.measure.load.pool import Pool
from loadstone.measure.load.recorder import Recorder


class LaneLimits(Protocol):
    """The limits of a lane, as far as a plan has them."""

    @property
    def connections(self) -> int: ...

    @property
    def timeout(self) -> float: ...  # s

    @property
    def queue(self) -> int: ...


class Lane:
    """A lane: what is due to one address is sent when a connection is free, and recorded."""

    def __init__(
        self,
        plan: LaneLimits,
        address: str,
        pool: Callable[..., Pool],
        *,
        keepalive: bool = True,
        **how: Any,
    ) -> None:
        """`keepalive`: connections are kept; `how`: what the pool needs to know of them."""
        host, _, port = address.rpartition(":")
        self._plan = plan
        self._keepalive = keepalive
        self._leaving = 0.0 if keepalive else float("inf")  # connections to be closed
        self.recorder = Recorder()
        self.pool = pool(
            host=host.strip("[]"),
            port=int(port),
            size=plan.connections,
            owner=self,
            refused=self._refused,
            ready=self._new,
            **how,
        )
        self._waiting: deque[LoadRequest] = deque()  # for any connection
        self._again: deque[LoadRequest] = deque()  # for one that is not idle: see `lost`

    def due(self, request: LoadRequest) -> None:
        """Send a request that is due, or let it wait for a connection."""
        self.recorder.due(request.due)
        if len(self._waiting) >= self._plan.queue:
            self.recorder.drop(request.due)
            return
        connection = None if self._waiting else self.pool.free()
        if connection is None:
            self._waiting.append(request)
            self._demand()
            return
        self._send(connection, request)
        self.recorder.late(request)

    def renew(self) -> None:
        """Close the connection that has been idle longest, or the next that is, and open one."""
        connection = self.pool.free()
        if connection is None:
            self._leaving += 1
        else:
            self._leave(connection)

    # connections

    def answered(self, connection: Any, request: LoadRequest, now: float) -> None:
        fault = request.prepared.fault(connection.status, connection.headers, connection.length)
        self.recorder.answer(request, now, fault)
        if self._leaving:
            self._leaving -= 1
            self._leave(connection)
        elif connection.up:
            self._free(connection)
        else:
            self._gone(connection)

    def lost(self, connection: Any, request: LoadRequest | None, kind: str) -> None:
        """The connection is gone."""
        if request is not None:
            self.broken(request, kind, begun=connection.begun)
        self._gone(connection)

    def broken(self, request: LoadRequest, kind: str, *, begun: bool) -> None:
        """A request gets no answer. It may have met a connection that was closing: again, once.

        On a new connection, or one that answers meanwhile, not on one that lies idle: a target that
        reloads its configuration may close all of those at their next request (Go's net/http does),
        also those that never carried one.
        """
        if begun or request.retried:
            self.recorder.error(request, kind)
        else:
            request.retried = True
            self._again.append(request)

    def unasked(self) -> None:
        self.recorder.surplus(time.monotonic())

    def _new(self, connection: Any) -> None:
        self.recorder.connect(time.monotonic())
        self._free(connection)

    def _send(self, connection: Any, request: LoadRequest) -> None:
        """Send a request on a connection that the pool has given."""
        connection.send(request)

    def _free(self, connection: Any) -> None:
        """The connection can take a request: the one that waits longest, or the next due."""
        queue = self._again or self._waiting
        if queue:
            connection.send(queue.popleft())
        else:
            self.pool.idle.append(connection)

    def _leave(self, connection: Any) -> None:
        """Close a connection of our own accord; where they are kept, another takes its place."""
        connection.close()
        self.pool.open.discard(connection)
        if self._keepalive:
            self.pool.add()
        else:
            self._demand()

    def _gone(self, connection: Any) -> None:
        self.recorder.reconnect(time.monotonic())
        self.pool.open.discard(connection)
        self._demand()

    def _demand(self) -> None:
        """Connections for what waits, and for nothing else."""
        self.pool.want(len(self._again) + len(self._waiting))

    def _refused(self, why: str = "") -> None:
        """A connection could not be opened. With none left, what waits has nowhere to go."""
        self.recorder.connect_error(time.monotonic(), why)
        if self.pool.empty:
            for queue in (self._again, self._waiting):
                while queue:
                    self.recorder.error(queue.popleft(), "no connection")

    # requests that a client would have given up

    def look_out(self, now: float) -> None:
        """Give up the requests that have waited for longer than a client would."""
        oldest = now - self._plan.timeout
        for queue in (self._again, self._waiting):
            while queue and queue[0].due < oldest:
                self.recorder.error(queue.popleft(), "timeout, never sent")
        self._cut_off(oldest)
        self._demand()  # also for what an attempt that failed has left waiting

    def _cut_off(self, oldest: float) -> None:
        """Close the connections whose request was due before `oldest`."""
        stuck = [c for c in self.pool.open if c.request and c.request.due < oldest]
        for connection in stuck:
            request = connection.request
            connection.close()
            self._gone(connection)
            if request is not None:
                self.recorder.error(request, "timeout")
