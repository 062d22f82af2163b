"""Request accounting: counts by client, verb and resource, since the start or the last reset."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any, NamedTuple

# the buckets of the real apiserver_request_duration_seconds
BUCKETS = (
    *(0.005, 0.025, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 1.0, 1.25, 1.5),
    *(2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0),
)
AGENTS = 500  # distinct user agents that are told apart
OTHER = "other"


class RequestKind(NamedTuple):
    """The kind of a request: who asks for what.

    `resource` is a plural with its subresource, or a path.
    """

    verb: str
    group: str
    version: str
    resource: str
    scope: str
    agent: str

    @property
    def key(self) -> str:
        """The kind as accounts are keyed: `list pods traefik/3`."""
        return f"{self.verb} {self.resource} {self.agent}"


@dataclass
class Tally:
    """The counts of one kind of request."""

    codes: dict[int, int] = field(default_factory=lambda: defaultdict(int))
    durations: list[int] = field(default_factory=lambda: [0] * (len(BUCKETS) + 1))
    seconds: float = 0.0
    received: int = 0  # By of bodies
    sent: int = 0  # By of bodies
    events: int = 0
    injected: int = 0


class RequestCounts:
    """Counters of requests by kind, since the start or the last reset."""

    def __init__(self) -> None:
        self.tallies: dict[RequestKind, Tally] = {}
        self._agents: set[str] = set()

    def agent(self, name: str) -> str:
        """The agent as it is counted: clients may not fill the memory with new names."""
        if name in self._agents:
            return name
        if len(self._agents) >= AGENTS:
            return OTHER
        self._agents.add(name)
        return name

    def tally(self, asked: RequestKind) -> Tally:
        """The counts of a kind, all zero when it is new."""
        found = self.tallies.get(asked)
        if found is None:
            found = self.tallies[asked] = Tally()
        return found

    def request(
        self, asked: RequestKind, code: int, *, seconds: float | None, received: int, sent: int
    ) -> None:
        """Count a request; a watch has no duration, for it is counted when it opens."""
        tally = self.tally(asked)
        tally.codes[code] += 1
        tally.received += received
        tally.sent += sent
        if seconds is not None:
            tally.seconds += seconds
            tally.durations[bisect_left(BUCKETS, seconds)] += 1

    def clear(self) -> None:
        """Count from zero again."""
        self.tallies.clear()
        self._agents.clear()

    def document(self) -> dict[str, Any]:
        """The fields of `loadstone.model.Accounting`, as JSON."""
        requests: dict[str, int] = defaultdict(int)
        events: dict[str, int] = defaultdict(int)
        received: dict[str, int] = defaultdict(int)
        sent: dict[str, int] = defaultdict(int)
        injected = 0
        for asked, tally in self.tallies.items():
            requests[asked.key] += sum(tally.codes.values())
            events[asked.key] += tally.events
            received[asked.key] += tally.received
            sent[asked.key] += tally.sent
            injected += tally.injected
        return {
            "requests": requests,
            "events": {key: value for key, value in events.items() if value},
            "received": {key: value for key, value in received.items() if value},
            "sent": {key: value for key, value in sent.items() if value},
            "bytes_in": sum(received.values()),
            "bytes_out": sum(sent.values()),
            "watch_events": sum(events.values()),
            "injected": injected,
        }
