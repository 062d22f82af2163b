"""The client's leg: requests in, answers out, one after the other."""

from __future__ import annotations

import asyncio
import sys

from loadstone.cluster.api_proxy import dialled_answers, message_bodies
from loadstone.cluster.api_proxy.answer_start import SWITCHED, answer_start
from loadstone.cluster.api_proxy.exchange import LONGEST_REFUSAL, ProxiedExchange
from loadstone.cluster.api_proxy.leg import HIGH_WATER, Leg
from loadstone.cluster.api_proxy.message_bodies import BrokenFraming
from loadstone.cluster.api_proxy.message_heads import END, LONGEST, MalformedHead, request_head
from loadstone.cluster.api_proxy.proxy_state import ProxyState
from loadstone.cluster.api_proxy.request_sorts import sort_of
from loadstone.cluster.api_proxy.server_leg import ServerLeg
from loadstone.cluster.api_proxy.watch_delivery import WatchDelivery

PATIENCE = 60.0  # s for an answer to a client that has gone, so that it is counted


class ClientLeg(Leg):
    """A client's connection."""

    def __init__(self, state: ProxyState) -> None:
        self._state = state
        self._exchange: ProxiedExchange | None = None
        self._server: ServerLeg | None = None
        self._ahead = b""  # what came, and is not of the exchange that goes on
        self._head = b""  # the beginning of an answer
        self._raw = False  # switched to another protocol: bytes go through
        self._held = False  # by a dial: what is sent waits
        self._body: list[bytes] = []
        self._watch: WatchDelivery | None = None  # of an exchange that is one
        self._gone = False

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        self._state.clients.add(self)

    def data_received(self, data: bytes) -> None:
        if self._raw and self._server is not None:
            self._server.send(data)
            return
        exchange = self._exchange
        if exchange is not None and not exchange.sent.done:
            data = self._pass_on(exchange, data)
        if data:
            self._ahead += data
            if self._exchange is None:
                self._begin()
            elif len(self._ahead) > HIGH_WATER:
                self.read(False)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._gone = True
        self._state.clients.discard(self)
        if self._watch is not None:
            self._watch.stop()
        server = self._server
        if server is None:
            return
        unanswered = self._exchange is not None and self._exchange.account is None
        if unanswered and not self._held and not self._raw:  # the server counts it, and so do we
            asyncio.get_running_loop().call_later(PATIENCE, server.abort)
            server.read(True)
        else:
            server.abort()

    # a request

    def _begin(self) -> None:
        """Begin with the next request, if its head is there."""
        end = self._ahead.find(END)
        if end < 0:
            if len(self._ahead) > LONGEST:
                self._refuse(b"431 Request Header Fields Too Large")
            return
        try:
            head = request_head(self._ahead[:end])
        except MalformedHead:
            self._refuse(b"400 Bad Request")
            return
        rest, self._ahead = self._ahead[end + len(END) :], b""
        sort = sort_of(head.method, head.target)
        exchange = ProxiedExchange(
            head=head,
            sort=sort,
            faults=self._state.faults.of(sort, head.headers.agent),
            accounts=self._state.accounts,
            sent=message_bodies.body(head.headers.framing),
        )
        self._exchange = exchange
        faults = exchange.faults
        delay = faults.delay(self._state.rng) if faults.slows else 0.0
        if delay:
            self._held = True
            asyncio.get_running_loop().call_later(delay, self._go_on, exchange, rest)
        else:
            self._go_on(exchange, rest)

    def _go_on(self, exchange: ProxiedExchange, rest: bytes) -> None:
        """Fail the request, or send it to the server."""
        self._held = False
        if self._gone:  # the client left while a dial held its request back
            return
        body, self._body = self._body, []
        status = exchange.faults.error(self._state.rng)
        if status:
            self._fail(exchange, status, [rest, *body])
            return
        access = self._state.access
        server = self._server_for(exchange)
        extra = b"" if exchange.head.headers.authorized else access.authorization()
        server.send(exchange.head.written(access.header, extra, access.path))
        for data in (rest, *body):
            if data:
                self._ahead += self._pass_on(exchange, data)
        self.read(True)

    def _pass_on(self, exchange: ProxiedExchange, data: bytes) -> bytes:
        """Pass a piece of a request's body on; what is left of it is of the next request."""
        if self._held:
            self._body.append(data)
            if sum(map(len, self._body)) > HIGH_WATER:
                self.read(False)
            return b""
        end = self._fed(exchange, data)
        if end and self._server is not None:
            self._server.send(data if end == len(data) else data[:end])
        return data[end:]

    def _fed(self, exchange: ProxiedExchange, data: bytes) -> int:
        try:
            return exchange.sent.feed(data, 0)
        except BrokenFraming:
            self.abort()
            return len(data)

    def _fail(self, exchange: ProxiedExchange, status: int, body: list[bytes]) -> None:
        """Answer with a failure that is dialled; its body has to come to its end first."""
        head = exchange.head
        whole = b"".join(body)
        end = self._fed(exchange, whole)
        self._ahead = whole[end:] + self._ahead
        answer, length = dialled_answers.failure(
            status, accept=head.headers.accept, head_only=head.method == "HEAD"
        )
        exchange.failed(length)
        self.write(answer)
        if exchange.sent.done:
            self._next()
        else:
            self.close()

    def _server_for(self, exchange: ProxiedExchange) -> ServerLeg:
        theirs = exchange.head.headers.authorized
        server = self._server
        if server is not None and server.theirs == theirs and not server.gone:
            return server
        if server is not None:
            self._server = None
            server.abort()
        self._server = server = ServerLeg(self, self, theirs=theirs)
        self.other = server
        server.connect(self._state.access)
        return server

    def _refuse(self, status: bytes) -> None:
        self.write(b"HTTP/1.1 " + status + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
        self.close()

    # an answer

    def answer(self, data: bytes) -> None:
        """A piece of what the server says."""
        exchange = self._exchange
        if self._raw:
            self.write(data)
        elif exchange is None:  # nobody has asked
            self.abort()
        else:
            try:
                self._answer(exchange, data)
            except (MalformedHead, BrokenFraming) as error:
                print(f"the server's answer: {error}", file=sys.stderr)
                self.abort()

    def _answer(self, exchange: ProxiedExchange, data: bytes) -> None:
        length = 0
        if exchange.answer is None:
            start = answer_start(self._head + data, of=exchange.head.method)
            if start.interim:
                self.write(start.interim)
            if start.head is None:
                self._head = start.rest
                return
            data, length, self._head = start.rest, start.length, b""
            exchange.answered(start.head)
            self._raw = start.head.status == SWITCHED
            if exchange.watching:
                self._watch = WatchDelivery(self, exchange, self._state.rng)
        if self._raw:
            self.write(data)
        else:
            self._answer_body(exchange, data, length)

    def _answer_body(self, exchange: ProxiedExchange, data: bytes, start: int) -> None:
        body = exchange.body
        assert body is not None and exchange.answer is not None  # noqa: PT018, S101
        end = body.feed(data, start) if not body.done else start
        exchange.passed()
        data = data if end == len(data) else data[:end]
        if exchange.holding:
            exchange.held += data
            if not body.done and len(exchange.held) <= LONGEST_REFUSAL:
                return
            data = exchange.released()
        if self._gone:  # it is counted now
            if self._server is not None:
                self._server.abort()
            return
        if self._watch is not None:
            self._watch.pass_on(data, last=body.done)
            return
        self.write(data)
        if body.done:
            self.done(exchange)

    def redial(self) -> None:
        """Act by the dials as they are now on a watch that is open."""
        exchange = self._exchange
        if exchange is not None and self._watch is not None:
            agent = exchange.head.headers.agent
            exchange.faults = self._state.faults.of(exchange.sort, agent)
            self._watch.redial()

    def done(self, exchange: ProxiedExchange) -> None:
        """The answer has come to its end."""
        closes = exchange.answer is None or exchange.answer.closes
        if closes or not exchange.sent.done:
            self._forget()
            self.close()
        else:
            self._next()

    def _next(self) -> None:
        """Go on with what the client has sent ahead."""
        self._forget()
        self.read(True)
        if self._ahead:  # not from here: a long pipeline would recurse as deep
            asyncio.get_running_loop().call_soon(self._begin_next)

    def _forget(self) -> None:
        """The exchange is over."""
        self._exchange = None
        if self._watch is not None:
            self._watch.stop()
            self._watch = None

    def _begin_next(self) -> None:
        if self._exchange is None and not self._gone:
            self._begin()

    def server_gone(self, server: ServerLeg) -> None:
        """The server has closed its connection."""
        if server is not self._server:
            return
        exchange = self._exchange
        if exchange is not None and exchange.answer is not None:
            if exchange.holding:
                self.write(exchange.released())
            if exchange.answer.framing.to_the_end:
                self._forget()
                self.close()
                return
        if exchange is None or self._raw:
            self.close()
        elif self._watch is not None and self._watch.due:  # what is held back comes first
            asyncio.get_running_loop().call_at(self._watch.due, self.abort)
        else:
            self.abort()
