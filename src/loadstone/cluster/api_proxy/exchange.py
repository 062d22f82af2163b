"""An exchange: one request and its answer, as both pass through the proxy."""

from __future__ import annotations

from dataclasses import dataclass

from loadstone.cluster.api_proxy import message_bodies
from loadstone.cluster.api_proxy.accounts import Account, Accounts
from loadstone.cluster.api_proxy.faults import FaultPlan
from loadstone.cluster.api_proxy.message_bodies import ChunkedBody, SizedBody
from loadstone.cluster.api_proxy.message_heads import RequestHead, ResponseHead
from loadstone.cluster.api_proxy.request_sorts import RequestSort, by_path, is_of_no_resource
from loadstone.cluster.api_proxy.watch_payloads import FrameEvents, LineEvents, events_of

LONGEST_REFUSAL = 64 * 1024  # By of a 404 that is read to tell what there is none of


@dataclass(slots=True)
class ProxiedExchange:
    """An exchange as far as it has come; it is counted when the head of its answer is there."""

    head: RequestHead
    sort: RequestSort
    faults: FaultPlan
    accounts: Accounts
    sent: SizedBody | ChunkedBody  # by the client
    answer: ResponseHead | None = None
    body: SizedBody | ChunkedBody | None = None  # of the answer
    account: Account | None = None
    events: LineEvents | FrameEvents | None = None  # of a watch that is open
    held: bytes = b""  # of an answer that is read to its end before it is counted
    holding: bool = False
    _received: int = 0  # By that are in the account
    _sent: int = 0
    _events: int = 0

    @property
    def watching(self) -> bool:
        return self.events is not None

    def answered(self, head: ResponseHead) -> None:
        """The head of the answer is here."""
        self.answer = head
        watching = self.sort.verb == "watch" and head.status == 200
        self.events = events_of(head.content_type) if watching else None
        self.body = message_bodies.body(head.framing, self.events)
        self.holding = (
            head.status == 404 and self.sort.known and head.framing.length <= LONGEST_REFUSAL
        )
        if not self.holding:
            self.count(self.sort)

    def passed(self) -> None:
        """More of a body has passed: what is counted of it."""
        account = self.account
        if account is None or self.body is None:
            return
        size = self.body.size + (self.body.framing if self.events is not None else 0)
        account.sent += size - self._sent
        self._sent = size
        account.received += self.sent.size - self._received
        self._received = self.sent.size
        if self.events is not None:
            account.events += self.events.events - self._events
            self._events = self.events.events

    def count(self, sort: RequestSort) -> None:
        """Count it as a request of this sort."""
        self.account = self.accounts.of(sort, self.head.headers.agent)
        self.account.requests += 1
        self.passed()

    def released(self) -> bytes:
        """What was held of the answer, now that it is counted."""
        held, self.held, self.holding = self.held, b"", False
        status = self.answer.status if self.answer else 0
        unknown = is_of_no_resource(status, held)
        self.count(by_path(self.head.method, self.head.target) if unknown else self.sort)
        return held

    def failed(self, length: int) -> None:
        """A dial has answered it, with a body of this length."""
        self.account = self.accounts.of(self.sort, self.head.headers.agent)
        self.account.requests += 1
        self.account.injected += 1
        self.account.sent += length
        self.account.received += self.sent.size
