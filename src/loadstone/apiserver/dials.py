"""Fault injection: delays, errors and broken watches for the requests that match."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from loadstone.apiserver.machinery import status
from loadstone.apiserver.machinery.status import ApiError

_RETRY_AFTER = 1  # s, as the real server says when it is overloaded
_Seconds = Annotated[float, Meta(ge=0.0)]
_Share = Annotated[float, Meta(ge=0.0, le=1.0)]


class Fault(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A fault or delay for the requests that match, as it is dialled; absent matches everything.

    The fields are those of a scenario's `dials`, which are sent here as they are.
    """

    verb: str | None = None
    resource: str | None = None
    agent: str | None = None  # a prefix of the User-Agent
    latency: _Seconds = 0.0
    jitter: _Seconds = 0.0  # uniform in 0…jitter, added to latency
    error_rate: _Share = 0.0
    error_status: Literal[410, 429, 500, 503] = 500  # 410 for watches
    drop_watch_after: _Seconds = 0.0  # 0: never


@dataclass(frozen=True, kw_only=True)
class Effect:
    """The effect of all faults together that match a request."""

    latency: float = 0.0  # s
    jitters: tuple[float, ...] = ()  # s, each uniform in 0…jitter
    errors: tuple[tuple[float, int], ...] = ()  # rate, status
    drop_after: float = 0.0  # s; 0: never

    def delay(self, rng: random.Random) -> float:
        """Seconds that one request, or one delivery to a watcher, is held back."""
        return self.latency + sum(rng.uniform(0.0, jitter) for jitter in self.jitters)

    def error(self, rng: random.Random) -> int:
        """The status that one request fails with, 0 when it does not."""
        for rate, code in self.errors:
            if rng.random() < rate:
                return code
        return 0


NOTHING = Effect()


class Dials:
    """The faults that are dialled now.

    Every one that matches acts: latencies add up, errors are drawn one after the other, and the
    shortest time until a watch is dropped counts.
    """

    def __init__(self, dials: Sequence[Fault] = ()) -> None:
        self._dials = tuple(dials)
        self._known: dict[tuple[str, str, str, str], Effect] = {}
        self.on_set: list[Callable[[], None]] = []

    def set(self, dials: Sequence[Fault]) -> None:
        """Replace the faults, and tell those who have looked at them."""
        self._dials = tuple(dials)
        self._known.clear()
        for tell in self.on_set:
            tell()

    @property
    def current(self) -> tuple[Fault, ...]:
        """The faults, as they were set."""
        return self._dials

    def effect(self, verb: str, resource: str, group: str, agent: str) -> Effect:
        """The effect on a request; `resource` is a plural with its subresource, or a path."""
        if not self._dials:
            return NOTHING
        key = (verb, resource, group, agent)
        if key not in self._known:
            if len(self._known) > 10_000:  # agents are chosen by clients
                self._known.clear()
            self._known[key] = _together([dial for dial in self._dials if _matches(dial, key)])
        return self._known[key]


def parse(body: bytes) -> list[Fault]:
    """Faults from JSON; raises 400 that says what is wrong."""
    try:
        return msgspec.json.decode(body, type=list[Fault])
    except msgspec.DecodeError as error:
        raise status.bad_request(f"dials: {error}") from None


def failure(code: int) -> ApiError:
    """The error of a request that a fault makes fail."""
    if code == 429:
        return status.too_many_requests(_RETRY_AFTER)
    if code == 410:
        return status.expired("The resourceVersion for the provided watch is too old.")
    if code == 503:
        return status.unavailable("the server is currently unable to handle the request")
    return status.internal("an error that was dialled")


def _matches(dial: Fault, key: tuple[str, str, str, str]) -> bool:
    verb, resource, group, agent = key
    plain = resource.partition("/")[0]
    names = {resource, plain, f"{plain}.{group}"} if plain else {resource}
    return (
        dial.verb in (None, verb)
        and (dial.resource is None or dial.resource in names)
        and (dial.agent is None or agent.startswith(dial.agent))
    )


def _together(dials: Sequence[Fault]) -> Effect:
    drops = [dial.drop_watch_after for dial in dials if dial.drop_watch_after]
    return Effect(
        latency=sum(dial.latency for dial in dials),
        jitters=tuple(dial.jitter for dial in dials if dial.jitter),
        errors=tuple((dial.error_rate, dial.error_status) for dial in dials if dial.error_rate),
        drop_after=min(drops, default=0.0),
    )
