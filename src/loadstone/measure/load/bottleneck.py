"""Bottleneck checks: whether a load measured the component, or generator or upstream. Pure.

A generator that is late or busy sends everything all the same: what the component spent on it, held
and asked for is as it would be, and only times and rates are the generator's. At an upstream near
its limit requests pile up in the component, so what it holds is not its own doing either. Requests
that were never sent are work that was not done; up to the share that the gate lets a rate fall
short, that shows in nothing but the times.
"""

from __future__ import annotations

from typing import Protocol

from loadstone import formats
from loadstone.measure.load.generator import LoadResult
from loadstone.measure.load.histogram import summary
from loadstone.model import Reason
from loadstone.model.reasons import TIMES, Part

LATE = 0.010  # s; below it, lateness is what the scheduler of a busy machine does
LATE_SHARE = 0.5  # of the latency's p99
DOUBT = 0.005  # s; below it, no metric's margin is in reach
DOUBT_SHARE = 1 / 3
UPSTREAM = 2.0  # multiples of the rate that the upstream has to be good for
GENERATOR = 1.5  # multiples of the rate that the generator has to reach by itself
_SENT = (Part.LATENCY, Part.RATE)
_PILED_UP = (*TIMES, Part.MEMORY)
_NOT_DONE = (*TIMES, Part.CPU, Part.MEMORY, Part.ANSWERS)


class SpareCapacity(Protocol):
    """The capacity of generator and upstream alone, as multiples of the rate measured."""

    @property
    def share(self) -> float: ...

    @property
    def upstream(self) -> float: ...


def bottleneck(
    result: LoadResult, headroom: SpareCapacity | None, gate: formats.Gate
) -> list[Reason]:
    """The reasons for which figures of this load say nothing of the component.

    An achieved rate that fell short is not among these: it may be the component's own doing.
    """
    found = (
        _busy(result, gate),
        _late(result),
        _dropped(result, gate),
        _weak_generator(headroom),
        _weak_upstream(headroom),
    )
    return [reason for reason in found if reason is not None]


def doubts(result: LoadResult) -> list[Reason]:
    """Notes on a load that counts: how much of its tail is our own lateness."""
    late, latency = _p99s(result)
    if _late(result) is not None or late <= max(DOUBT, DOUBT_SHARE * latency):
        return []
    text = (
        f"1 in 100 requests was sent more than {_ms(late)} late by the generator itself, "
        f"where the latency's p99 is {_ms(latency)}"
    )
    return [Reason(code="sent-late", text=text)]


def _busy(result: LoadResult, gate: formats.Gate) -> Reason | None:
    share = result.cpu_share / result.cores
    if share <= gate.generator_cpu:
        return None
    cores = "its core" if result.cores == 1 else f"its {result.cores} cores"
    text = f"the generator used {share:.0%} of {cores} ({gate.generator_cpu:.0%} allowed)"
    return Reason(code="generator-bottleneck", text=text, voids=_SENT)


def _late(result: LoadResult) -> Reason | None:
    late, latency = _p99s(result)
    bound = max(LATE, LATE_SHARE * latency)
    if late <= bound:
        return None
    text = (
        f"1 in 100 requests was sent more than {_ms(late)} late by the generator itself "
        f"({_ms(bound)} allowed, where the latency's p99 is {_ms(latency)})"
    )
    return Reason(code="generator-bottleneck", text=text, voids=_SENT)


def _dropped(result: LoadResult, gate: formats.Gate) -> Reason | None:
    if result.dropped == 0:
        return None
    text = f"{result.dropped} of {result.requests} requests were never sent: nothing was free"
    few = result.dropped <= (1 - gate.achieved) * result.requests
    return Reason(code="requests-dropped", text=text, voids=_SENT if few else _NOT_DONE)


def _weak_generator(headroom: SpareCapacity | None) -> Reason | None:
    if headroom is None or headroom.share >= GENERATOR:
        return None
    text = (
        f"without the component the generator reached {headroom.share:.1f} times the rate "
        f"({GENERATOR:g} times wanted)"
    )
    return Reason(code="generator-bottleneck", text=text, voids=_SENT)


def _weak_upstream(headroom: SpareCapacity | None) -> Reason | None:
    if headroom is None or headroom.upstream >= UPSTREAM:
        return None
    text = (
        f"the upstream would be at its limit at {headroom.upstream:.1f} times the rate "
        f"({UPSTREAM:g} times wanted)"
    )
    return Reason(code="upstream-bottleneck", text=text, voids=_PILED_UP)


def _p99s(result: LoadResult) -> tuple[float, float]:
    late, latency = summary(result.lateness), summary(result.latency)
    return late.get("p99", 0.0), latency.get("p99", 0.0)


def _ms(seconds: float) -> str:
    return f"{seconds * 1000:.3g} ms"
