"""Bottleneck checks: whether a load measured the component, or generator or upstream. Pure.

A generator that is late or busy sends everything all the same: what the component spent on it, held
and asked for is as it would be, and only times and rates are the generator's. At an upstream near
its limit requests pile up in the component, so what it holds is not its own doing either. Requests
that were never sent are work that was not done; up to the share that the gate lets a rate fall
short, that shows in nothing but the times.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from loadstone import formats
from loadstone.measure.load.generator import LoadResult, SenderState
from loadstone.measure.load.histogram import summary
from loadstone.model import Note, Scalar
from loadstone.model.reasons import TIMES, Part

LATE = 0.010  # s; below it, lateness is what the scheduler of a busy machine does
LATE_SHARE = 0.5  # of the latency's p99
NOTED = 0.005  # s; below it, no metric's margin is in reach
NOTED_SHARE = 1 / 3
UPSTREAM = 2.0  # multiples of the rate that the upstream has to be good for
GENERATOR = 1.5  # multiples of the rate that the generator has to reach by itself
NODE = 0.95  # share of a node's cores; what is busy beside the generator delays it above that
THROTTLED = 0.001  # share of a window; a quota keeps a process waiting for tens of milliseconds
CONNTRACK = 0.9  # share of a table; in a full one new connections are lost
_SENT = (Part.LATENCY, Part.RATE)
_PILED_UP = (*TIMES, Part.MEMORY)
_NOT_DONE = (*TIMES, Part.CPU, Part.WORK, Part.MEMORY, Part.ANSWERS)


class SpareCapacity(Protocol):
    """The capacity of generator and upstream alone, as multiples of the rate measured."""

    @property
    def share(self) -> float: ...

    @property
    def upstream(self) -> float: ...


def bottleneck(
    result: LoadResult, headroom: SpareCapacity | None, gate: formats.CorrectnessGate
) -> list[Note]:
    """The reasons for which figures of this load say nothing of the component.

    An achieved rate that fell short is not among these: it may be the component's own doing.
    """
    found = [
        *(reason for part in result.parts or [result] for reason in _of_sender(part, gate)),
        _dropped(result, gate),
        _weak_generator(headroom),
        _weak_upstream(headroom),
    ]
    return [reason for reason in found if reason is not None]


def notes(result: LoadResult) -> list[Note]:
    """Notes on a load that counts: from where it came, how much of its tail is our lateness."""
    found = _from_pods(result)
    late, latency = _p99s(result)
    told = any(_late(part) is not None for part in result.parts or [result])
    if not told and late > max(NOTED, NOTED_SHARE * latency):
        found.append(Note.of("sent-late", late=late, latency=latency))
    return found


def _from_pods(result: LoadResult) -> list[Note]:
    senders = [part.sender for part in result.parts if part.sender is not None]
    if not senders:
        return []
    nodes = sorted({sender.node for sender in senders})
    clock = max(sender.clock for sender in senders)
    said = Note.of("load-from-pods", pods=len(senders), nodes=", ".join(nodes), clock=clock)
    return [said]


def _of_sender(part: LoadResult, gate: formats.CorrectnessGate) -> Iterator[Note | None]:
    """What kept one sender from sending in time, of those of which each has to."""
    yield _busy(part, gate)
    yield _late(part)
    if part.sender is not None:
        yield from _of_pod(part.sender)


def _of_pod(sender: SenderState) -> Iterator[Note]:
    shares = {
        "node_cpu": (sender.node_cpu, NODE),
        "throttled": (sender.throttled, THROTTLED),
        "conntrack": (sender.conntrack, CONNTRACK),
    }
    for name, (share, allowed) in shares.items():
        if share is not None and share > allowed:
            data: dict[str, Scalar] = {name: share, "allowed": allowed, "pod": sender.pod}
            yield Note.of("generator-bottleneck", _SENT, **data)


def _busy(result: LoadResult, gate: formats.CorrectnessGate) -> Note | None:
    share = result.cpu_share / result.cores
    if share <= gate.generator_cpu:
        return None
    data: dict[str, Scalar] = {"share": share, "allowed": gate.generator_cpu}
    if result.cores > 1:
        data["cores"] = result.cores
    return Note.of("generator-bottleneck", _SENT, **data, **_pod(result))


def _late(result: LoadResult) -> Note | None:
    late, latency = _p99s(result)
    bound = max(LATE, LATE_SHARE * latency)
    if late <= bound:
        return None
    data: dict[str, Scalar] = {"late": late, "allowed": bound, "latency": latency}
    return Note.of("generator-bottleneck", _SENT, **data, **_pod(result))


def _pod(result: LoadResult) -> dict[str, Scalar]:
    """The name of the pod, where it is one of several that sent."""
    return {"pod": result.sender.pod} if result.sender is not None else {}


def _dropped(result: LoadResult, gate: formats.CorrectnessGate) -> Note | None:
    if result.dropped == 0:
        return None
    few = result.dropped <= (1 - gate.achieved) * result.requests
    return Note.of(
        "requests-dropped",
        _SENT if few else _NOT_DONE,
        dropped=result.dropped,
        requests=result.requests,
    )


def _weak_generator(headroom: SpareCapacity | None) -> Note | None:
    if headroom is None or headroom.share >= GENERATOR:
        return None
    return Note.of("generator-bottleneck", _SENT, reached=headroom.share, wanted=GENERATOR)


def _weak_upstream(headroom: SpareCapacity | None) -> Note | None:
    if headroom is None or headroom.upstream >= UPSTREAM:
        return None
    return Note.of("upstream-bottleneck", _PILED_UP, reached=headroom.upstream, wanted=UPSTREAM)


def _p99s(result: LoadResult) -> tuple[float, float]:
    late, latency = summary(result.lateness), summary(result.latency)
    return late.get("p99", 0.0), latency.get("p99", 0.0)
