"""Arrival laws: when the operations of a rate are due."""

from __future__ import annotations

from math import sqrt
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from loadstone.formats.fields import PositiveSeconds, Spec

_UNLIKELY = 8.0  # standard deviations above its mean that a Poisson count will not be


class Arrivals(Spec, frozen=True, kw_only=True):
    """An arrival law, around the `rate` of its step.

    `constant`: evenly spaced, but for a drift to and fro by 10 ms each second. `poisson`:
    independent of one another, as many clients are.
    `ramp`: from the rate `from`, held during the warm-up, evenly up or down to `rate` over the
    window. `burst`: every `every` seconds all that is due until the next burst comes within the
    first `share` of that time; the mean is `rate`. Both sides get the same moments.
    """

    law: Literal["constant", "poisson", "ramp", "burst"] = "constant"
    start: Annotated[float, Meta(ge=0, extra_json_schema={"x-unit": "1/s"})] = msgspec.field(
        default=0.0, name="from"
    )
    every: PositiveSeconds = 1.0
    share: Annotated[float, Meta(gt=0, le=1, extra_json_schema={"x-unit": "1"})] = 0.1

    def mean(self, rate: float) -> float:
        """Operations due per second of the window, on average."""
        return (self.start + rate) / 2 if self.law == "ramp" else rate

    def most(self, rate: float, window: float) -> float:
        """The largest number of operations that can be due in a window."""
        expected = rate * window
        match self.law:
            case "poisson":
                return expected + _UNLIKELY * (sqrt(expected) + _UNLIKELY)
            case "ramp":
                return max(self.start, rate) * window
            case "burst":
                return expected + rate * self.every
            case _:
                return expected


CONSTANT = Arrivals()
