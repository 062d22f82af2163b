"""The process that plays requests to API servers: `python -m loadstone.measure.load.player`.

`sender` says what it is told and what it answers.
"""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial
from http import HTTPStatus
from itertools import count

import msgspec
import uvloop

from loadstone.formats.fill import fill
from loadstone.measure.load import sender
from loadstone.measure.load.api_request import (
    ApiMessages,
    PageConnection,
    PreparedApiRequest,
    following,
)
from loadstone.measure.load.api_target import lane_address, tls
from loadstone.measure.load.arrivals import interleaved, moments
from loadstone.measure.load.connection import Connection
from loadstone.measure.load.lane import Lane
from loadstone.measure.load.load_request import LoadRequest, lane_order
from loadstone.measure.load.pacer import Pacer
from loadstone.measure.load.play import AGENT, PlayPlan
from loadstone.measure.load.pool import Pool
from loadstone.measure.load.recorder import Recorder
from loadstone.model import ApiAccess

BREATH = 0.05  # s until a client of a closed loop asks again that had no right answer


class ErrorRecorder(Recorder):
    """A recorder that also tells its lane of a request that got no answer."""

    def __init__(self, failed: Callable[[], None]) -> None:
        super().__init__()
        self._failed = failed

    def error(self, request: LoadRequest, kind: str) -> None:
        super().error(request, kind)
        self._failed()


class PlayLane(Lane):
    """A lane to one API server: pages follow one another, and a closed loop goes on."""

    def __init__(self, plan: PlayPlan, access: ApiAccess) -> None:
        pool = partial(Pool, make=PageConnection, tls=tls(access))
        super().__init__(plan, lane_address(access), pool)
        self.recorder = ErrorRecorder(partial(self._go_on, right=False))
        self._requests = Requests(plan, ApiMessages(access, AGENT))
        self._closed_loop = plan.concurrency > 0
        self.over = False  # nothing new is sent any more

    def ask(self, number: int, moment: float) -> None:
        """Send request number `number`, due at a moment."""
        self.due(LoadRequest(self._requests.of(number), moment))

    def ask_now(self) -> None:
        """Send the next request of a closed loop."""
        if not self.over:
            self.due(LoadRequest(self._requests.following(), time.monotonic()))

    def answered(self, connection: Connection, request: LoadRequest, now: float) -> None:
        right = HTTPStatus.OK <= connection.status < HTTPStatus.MULTIPLE_CHOICES
        page = self._page(connection, request) if right and not self.over else None
        super().answered(connection, request, now)
        if page is not None:
            asyncio.get_running_loop().call_soon(self.due, LoadRequest(page, now))
        else:
            self._go_on(right=right)

    def _page(self, connection: Connection, request: LoadRequest) -> PreparedApiRequest | None:
        """The request for the page after the one that has come."""
        prepared = request.prepared
        paged = isinstance(prepared, PreparedApiRequest) and prepared.paged
        if not (paged and isinstance(connection, PageConnection)):
            return None
        return self._requests.after(prepared.name, bytes(connection.page))

    def _go_on(self, *, right: bool) -> None:
        """A client of a closed loop asks again, after a moment where it was not answered right."""
        if self._closed_loop and not self.over:
            asyncio.get_running_loop().call_later(0.0 if right else BREATH, self.ask_now)


class Requests:
    """The requests of a plan to one API server, in the order that the seed fixes."""

    def __init__(self, plan: PlayPlan, messages: ApiMessages) -> None:
        self._messages = messages
        self._patch = plan.patch
        self._paths = list(plan.paths)
        random.Random(plan.seed).shuffle(self._paths)
        self._reads = (
            [messages.get(path, paged=plan.paged) for path in self._paths]
            if plan.patch is None
            else []
        )
        self._numbers = count()

    def of(self, number: int) -> PreparedApiRequest:
        place = number % len(self._paths)
        if self._patch is None:
            return self._reads[place]
        now = datetime.now(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
        body = msgspec.json.encode(fill(self._patch, {"i": number, "now": now}))
        return self._messages.patch(self._paths[place], body)

    def following(self) -> PreparedApiRequest:
        """The one after those that this has given."""
        return self.of(next(self._numbers))

    def after(self, name: str, page: bytes) -> PreparedApiRequest | None:
        """The request for the page after that of a request, None where it was the last."""
        path = following(name.removeprefix("GET "), page)
        return self._messages.get(path, paged=True) if path else None


class ApiPlayer(Pacer):
    """A player under way: every lane gets the same requests in the same order."""

    name = "player"

    def __init__(self, plan: PlayPlan) -> None:
        self._concurrency = plan.concurrency
        self._plays = [PlayLane(plan, access) for access in plan.lanes]
        super().__init__(self._plays, _times(plan), rate=None, window=plan.window)
        self._order = [self._plays[lane] for lane in lane_order(len(self._plays), plan.seed)]

    async def begin(self) -> None:
        await super().begin()
        for lane in self._plays:
            for _ in range(self._concurrency):
                lane.ask_now()

    async def close_window(self) -> float:
        cpu = await super().close_window()
        for lane in self._plays:
            lane.over = True
        return cpu

    def _due(self, index: int, moment: float) -> None:
        self._order[index % len(self._order)].ask(index // len(self._plays), moment)


def _times(plan: PlayPlan) -> Iterator[float]:
    """When the requests of all lanes are due; nothing is due by itself in a closed loop."""
    if plan.concurrency:
        return iter(())
    times = moments(
        plan.arrivals, plan.rate, seed=plan.seed, warmup=plan.warmup, window=plan.window
    )
    return interleaved(times, len(plan.lanes))


if __name__ == "__main__":
    uvloop.run(sender.main(PlayPlan, ApiPlayer))
