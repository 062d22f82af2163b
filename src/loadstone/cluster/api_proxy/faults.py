"""Faults: delays, errors and broken watches of the requests that a dial matches. Pure.

Every dial that matches acts: latencies add up, errors are drawn one after the other, and the
shortest time until a watch is dropped counts.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.cluster.api_proxy.request_sorts import RequestSort
from loadstone.formats import Dial

MOST_KNOWN = 10_000  # clients choose what they are called


@dataclass(frozen=True, kw_only=True)
class FaultPlan:
    """The faults that all dials together bring to a request of one sort."""

    latency: float = 0.0  # s
    jitters: tuple[float, ...] = ()  # s, each uniform in 0…jitter
    errors: tuple[tuple[float, int], ...] = ()  # rate, status
    drop_after: float = 0.0  # s; 0: never

    @property
    def slows(self) -> bool:
        return bool(self.latency or self.jitters)

    def delay(self, rng: random.Random) -> float:
        """Seconds that one request, or one delivery to a watcher, is held back."""
        return self.latency + sum(rng.uniform(0.0, jitter) for jitter in self.jitters)

    def error(self, rng: random.Random) -> int:
        """The status that one request fails with, 0 when it does not."""
        for rate, status in self.errors:
            if rng.random() < rate:
                return status
        return 0


NO_FAULTS = FaultPlan()


class FaultPlans:
    """The dials as they are now."""

    def __init__(self) -> None:
        self._dials: tuple[Dial, ...] = ()
        self._known: dict[tuple[RequestSort, str], FaultPlan] = {}

    def set(self, dials: Sequence[Dial]) -> None:
        """Replace the dials."""
        self._dials = tuple(dials)
        self._known.clear()

    def of(self, sort: RequestSort, agent: str) -> FaultPlan:
        """What is done to a request."""
        if not self._dials or sort.aside:
            return NO_FAULTS
        key = (sort, agent)
        found = self._known.get(key)
        if found is None:
            if len(self._known) >= MOST_KNOWN:
                self._known.clear()
            dials = [dial for dial in self._dials if _matches(dial, sort, agent)]
            found = self._known[key] = _together(dials)
        return found


def _matches(dial: Dial, sort: RequestSort, agent: str) -> bool:
    plain = sort.resource.partition("/")[0]
    names = {sort.resource, plain, f"{plain}.{sort.group}"} if plain else {sort.resource}
    return (
        dial.verb in (None, sort.verb)
        and (dial.resource is None or dial.resource in names)
        and (dial.agent is None or agent.startswith(dial.agent))
    )


def _together(dials: Sequence[Dial]) -> FaultPlan:
    return FaultPlan(
        latency=sum(dial.latency for dial in dials),
        jitters=tuple(dial.jitter for dial in dials if dial.jitter),
        errors=tuple((dial.error_rate, dial.error_status) for dial in dials if dial.error_rate),
        drop_after=min((d.drop_watch_after for d in dials if d.drop_watch_after), default=0.0),
    )
