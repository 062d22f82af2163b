"""A lane whose connections carry many requests at a time: HTTP/2."""

from __future__ import annotations

from loadstone.measure.load.http2_connection import Http2Connection
from loadstone.measure.load.lane import Lane
from loadstone.measure.load.load_request import LoadRequest


class StreamLane(Lane):
    """A lane that hands requests to its connections in turn, as many as each takes."""

    def renew(self) -> None:
        connection = self.pool.free()
        if connection is None:
            return  # all of them are at their limit: none can be spared
        self.pool.add()
        connection.retire()

    # connections

    def answered(self, connection: Http2Connection, request: LoadRequest, now: float) -> None:
        fault = request.prepared.fault(connection.status, connection.headers, connection.length)
        self.recorder.answer(request, now, fault)

    def freed(self, connection: Http2Connection) -> None:
        queue = self._again or self._waiting
        if queue:
            connection.send(queue.popleft())
            if connection.listed and not connection.spare:
                self.pool.idle.remove(connection)
                connection.listed = False
        elif not connection.listed:
            self._list(connection)

    def left(self, connection: Http2Connection) -> None:
        self.pool.open.discard(connection)
        self._demand()

    def _free(self, connection: Http2Connection) -> None:
        """A new connection: what waits goes to it, and then it is one of those in turn."""
        while connection.spare and (queue := self._again or self._waiting):
            connection.send(queue.popleft())
        if connection.spare:
            self._list(connection)

    def _send(self, connection: Http2Connection, request: LoadRequest) -> None:
        connection.listed = False
        connection.send(request)
        if connection.spare:
            self._list(connection)

    def _list(self, connection: Http2Connection) -> None:
        connection.listed = True
        self.pool.idle.append(connection)

    def _cut_off(self, oldest: float) -> None:
        for connection in list(self.pool.open):
            for request in connection.overdue(oldest):
                self.recorder.error(request, "timeout")
                if connection.spare:
                    self.freed(connection)
