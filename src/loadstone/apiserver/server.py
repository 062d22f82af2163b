"""The request pipeline: routing, fault injection, the answer, accounting."""

from __future__ import annotations

import asyncio
import sys
import time
import traceback
from collections.abc import Callable

import msgspec
import orjson

from loadstone.apiserver import api, dials, routing
from loadstone.apiserver.accounting import RequestCounts, RequestKind
from loadstone.apiserver.control import PREFIX, Control
from loadstone.apiserver.controllers import custom_resources, garbage_collector
from loadstone.apiserver.dials import Dials, Effect
from loadstone.apiserver.discovery.endpoints import HEALTH, DiscoveryEndpoints
from loadstone.apiserver.handlers import watches
from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.calls import Call
from loadstone.apiserver.machinery.media_types import PROTOBUF
from loadstone.apiserver.machinery.status import ApiError
from loadstone.apiserver.state import State
from loadstone.apiserver.watchers.dialled_watches import DialledWatches
from loadstone.apiserver.watchers.watcher import Watcher
from loadstone.apiserver.wire.http import Exchange, HttpRequest, Response

BOOKMARKS = 60.0  # s between two bookmarks of a watch, as the real server's
COMPACTION = 300.0  # s after which, at the earliest, an old list cannot be gone on with
REPORTS = 50  # failures of our own that go to the log in full


class Server:
    """The server without its sockets: handles exchanges."""

    def __init__(
        self, state: State, *, bookmarks: float = BOOKMARKS, compaction: float = COMPACTION
    ) -> None:
        self.state = state
        garbage_collector.GarbageCollector(state)
        custom_resources.CustomResourceController(state)
        state.fill()
        self.dials = Dials()
        self.accounting = RequestCounts()
        self._watches = DialledWatches(self.dials, self.accounting, state.rng)
        self._documents = DiscoveryEndpoints(state.registry)
        self._control = Control(state, self.dials, self.accounting)
        self._bookmarks = bookmarks
        self._compaction = compaction
        self._reported = 0

    def start(self) -> None:
        """Begin what happens by itself; needs a running loop."""
        self._every(self._bookmarks, self._send_bookmarks)
        self._every(self._compaction, self.state.store.age)

    def _every(self, seconds: float, act: Callable[[], None]) -> None:
        def again() -> None:
            act()
            self._every(seconds, act)

        asyncio.get_running_loop().call_later(seconds, again)

    def handle(self, exchange: Exchange) -> None:
        """Answer an exchange, now or after a dialled delay. Never raises."""
        request = exchange.request
        if request.path.startswith((PREFIX, *HEALTH)) or request.path == "/metrics":
            exchange.send(self._aside(request))
            return
        received = time.perf_counter()
        self.state.warnings.clear()
        try:
            call = routing.call(request, self.state.registry)
        except ApiError as error:
            asked = self._asked(request, None)
            self._finish(exchange, asked, _refusal(error, request), received)
            return
        asked = self._asked(request, call)
        effect = self.dials.effect(asked.verb, asked.resource, asked.group, asked.agent)
        delay = effect.delay(self.state.rng)
        if delay:
            loop = asyncio.get_running_loop()
            loop.call_later(delay, self._answer, exchange, call, asked, effect, received)
        else:
            self._answer(exchange, call, asked, effect, received)

    def _answer(
        self,
        exchange: Exchange,
        call: Call | None,
        asked: RequestKind,
        effect: Effect,
        received: float,
    ) -> None:
        if exchange.closed:  # the client left while a dial held its request back
            return
        self.state.warnings.clear()  # of the requests that were answered meanwhile
        try:
            self._fail(asked, effect)
            if call is not None and call.verb == "watch":
                self._watch(exchange, call, asked, effect)
                return
            response = self._response(exchange.request, call)
        except ApiError as error:
            response = _refusal(error, exchange.request)
        except Exception as error:
            self._report()
            response = _refusal(
                status.internal(f"{type(error).__name__}: {error}"), exchange.request
            )
        self._finish(exchange, asked, response, received)

    def _report(self) -> None:
        """Say where the server itself failed, but not as often as a client asks."""
        self._reported += 1
        if self._reported <= REPORTS:
            traceback.print_exc(file=sys.stderr)

    def _response(self, request: HttpRequest, call: Call | None) -> Response:
        if call is None:
            return self._documents.answer(request)
        return api.answer(self.state, call)

    def _finish(
        self, exchange: Exchange, asked: RequestKind, response: Response, received: float
    ) -> None:
        if self.state.warnings:
            response = _warned(response, self.state.warnings)
        self.accounting.request(
            asked,
            response.status,
            seconds=time.perf_counter() - received,
            received=len(exchange.request.body),
            sent=0 if exchange.request.method == "HEAD" else len(response.body),
        )
        exchange.send(response)

    def _fail(self, asked: RequestKind, effect: Effect) -> None:
        """Raise the error that is dialled for this request, if any."""
        code = effect.error(self.state.rng)
        if code:
            self.accounting.tally(asked).injected += 1
            raise dials.failure(code)

    # what a request is

    def _asked(self, request: HttpRequest, call: Call | None) -> RequestKind:
        agent = self.accounting.agent(request.headers.get("user-agent", "-") or "-")
        if call is None:
            path = request.path if len(request.path) < 100 else request.path[:100]
            return RequestKind(request.method.lower(), "", "", path, "", agent)
        scope = "resource" if call.name else ("namespace" if call.namespace else "cluster")
        return RequestKind(call.verb, call.resource.group, call.version, call.what, scope, agent)

    # watching

    def _watch(self, exchange: Exchange, call: Call, asked: RequestKind, effect: Effect) -> None:
        tally = self.accounting.tally(asked)

        def count(events: int, size: int) -> None:
            tally.events += events
            tally.sent += size

        try:
            watcher = watches.watcher(
                self.state.store,
                call,
                exchange,
                count=count,
                delay=self._watches.delay(effect),
            )
        except ApiError as error:
            if error.code != 410:  # which clients look for in an event, not in the answer's status
                raise
            self._gone(exchange, call, asked, error)
            return
        self.accounting.request(asked, 200, seconds=None, received=0, sent=0)
        self._end_in_time(watcher, call)
        self._watches.add(watcher, asked, effect)
        self.state.hub.add(watcher)

    def _gone(self, exchange: Exchange, call: Call, asked: RequestKind, error: ApiError) -> None:
        """A watch that starts too far back opens, and says so in its only event."""
        self.accounting.request(asked, 200, seconds=None, received=0, sent=0)
        watches.refuse(exchange, call, error)

    def _end_in_time(self, watcher: Watcher, call: Call) -> None:
        seconds = watches.duration(call.options, self.state.rng)
        end = asyncio.get_running_loop().call_later(seconds, self._end, watcher)
        watcher.on_close.append(end.cancel)

    def _end(self, watcher: Watcher) -> None:
        watcher.bookmark(self.state.store.revision)
        watcher.end()

    def _send_bookmarks(self) -> None:
        self.state.hub.bookmarks(self.state.store.revision)

    # beside the API

    def _aside(self, request: HttpRequest) -> Response:
        try:
            if request.path == "/metrics":
                from loadstone.apiserver import prometheus  # a library that takes time to load

                return prometheus.exposition_of(self.accounting, self.state)
            if request.path.startswith(PREFIX):
                return self._control.answer(request)
            return self._documents.answer(request)
        except ApiError as error:
            return _refusal(error, request)


def _warned(response: Response, warnings: list[str]) -> Response:
    """The response with Warning headers, as kubectl shows them."""
    quoted = [text.replace("\\", "\\\\").replace('"', '\\"') for text in warnings]
    headers = tuple(("Warning", f'299 - "{text}"') for text in quoted if text.isprintable())
    return msgspec.structs.replace(response, headers=(*response.headers, *headers))


def _refusal(error: ApiError, request: HttpRequest) -> Response:
    headers: tuple[tuple[str, str], ...] = ()
    if error.retry_after is not None:
        headers = (("Retry-After", str(error.retry_after)),)
    if request.headers.get("accept", "").startswith(PROTOBUF):
        from loadstone.apiserver.responses import protobuf_format  # its library takes time to load

        body = protobuf_format.status(error.status())
        return Response(status=error.code, body=body, content_type=PROTOBUF, headers=headers)
    return Response(status=error.code, body=orjson.dumps(error.status()), headers=headers)
