"""Moments at which the operations of a rate are due, by an arrival law. Pure.

All are in seconds from when the load began, ascending and without an end. What is drawn is drawn
from the seed, so both sides of a round get the same moments.

A constant rate drifts to and fro by a tick of the kernel, 2 % of each gap. At 250 a second a
request would else be due every 4 ms, as often as the kernel of most machines ticks, by the same
clock: every tick of a run would meet the same moment of every request. A CPU profile is taken at
ticks, so it saw that moment and no other, or nothing at all, and the next run another one.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import count, pairwise
from math import sqrt

from loadstone.formats.arrivals import Arrivals

_TICK = 0.01  # s: of a kernel of 100 Hz; a whole number of those of 250, 300 and 1,000 Hz
_DRIFT = 1.0  # s, so that a window of whole seconds has as many as its rate says


def moments(
    law: Arrivals, rate: float, *, seed: int = 0, warmup: float = 0.0, window: float = 0.0
) -> Iterator[float]:
    """The moments of a law around `rate` (1/s). A ramp over no window is over at once."""
    match law.law:
        case "poisson":
            return _poisson(rate, random.Random(f"arrivals/{seed}"))
        case "ramp":
            return _ramp(law.start, rate, warmup, window)
        case "burst":
            return _bursts(rate, law.every, law.share)
        case _:
            return (_drifting(number / rate) for number in count())


def interleaved(times: Iterator[float], lanes: int) -> Iterator[float]:
    """The moments of all lanes: those of one operation are spread evenly up to the next one's."""
    if lanes == 1:
        return times
    return (
        here + (after - here) * lane / lanes
        for here, after in pairwise(times)
        for lane in range(lanes)
    )


def _drifting(due: float) -> float:
    """A moment put off by up to a tick, more and more for half of `_DRIFT`, then less and less."""
    return due + _TICK * (1 - abs(1 - 2 * (due / _DRIFT % 1.0)))


def _poisson(rate: float, drawn: random.Random) -> Iterator[float]:
    moment = 0.0
    while True:
        moment += drawn.expovariate(rate)
        yield moment


def _ramp(start: float, rate: float, warmup: float, window: float) -> Iterator[float]:
    """The inverse of the number of operations that are due until a moment."""
    before, during = start * warmup, (start + rate) / 2 * window
    steep = (rate - start) / window if window else 0.0
    for number in count():
        left = number - before
        if left < 0:
            yield number / start
        elif left >= during:
            yield warmup + window + (left - during) / rate
        elif steep:
            yield warmup + (sqrt(start * start + 2 * steep * left) - start) / steep
        else:
            yield warmup + left / rate


def _bursts(rate: float, every: float, share: float) -> Iterator[float]:
    each = rate * every  # operations of a burst, maybe no whole number
    for number in count():
        bursts, within = divmod(number / each, 1.0)
        yield (bursts + within * share) * every
