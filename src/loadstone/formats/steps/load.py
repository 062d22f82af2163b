"""The step `load`: requests over the routes of a template, at a fixed rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from loadstone.formats.fields import Number, Rate, Size
from loadstone.formats.quantities import MeasuredQuantity, group, quantiles
from loadstone.formats.steps.step import Limit, StepFormat, bound


class Load(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="load"):
    """Open-loop requests at a fixed `rate`, in the background, over the routes of a template.

    Gives the histogram `latency` (from when each request was due) and `load.*`.
    """

    background: ClassVar[bool] = True
    asks_routes: ClassVar[bool] = True
    limits: ClassVar[Mapping[str, Limit]] = {
        "rate": Limit(0, above=True),
        "connections": Limit(1, whole=True),
        "body": Limit(0, whole=True),
    }
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = {
        **quantiles(
            "latency", "load", "from when a request was due to its last byte",
            "p50 p90 p99 p999 mean max",
        ),
        **group("load", "load", {
            "asked_rate": ("1/s", "requests due per second"),
            "achieved_rate": ("1/s", "requests answered per second of the window"),
            "requests": ("1", "requests due in the window"),
            "errors": ("1", "requests without an answer: refused, reset, or timed out"),
            "wrong": ("1", "answers with the wrong status, header or size"),
            "dropped": ("1", "requests that were due and never sent"),
            "connect_errors": ("1", "connections that could not be opened"),
            "reconnects": ("1", "connections that the other side closed"),
            "unasked": ("1", "answers that no request had asked for"),
            "late_p99": ("s", "the generator's own lateness in sending, p99"),
            "generator_cpu": ("1", "share of one core that the generator used"),
        }),
        **group("upstream", "load", {
            "headroom": ("1", "rate that the upstream can serve over the rate asked for"),
        }),
        **group("generator", "load", {
            "headroom": ("1", "rate that the generator can send over the rate asked for"),
        }),
    }  # fmt: skip

    template: str
    rate: Rate
    connections: Number = 50
    body: Size = 600

    def observations(self, histogram: str, window: float) -> float | None:
        return bound(self.rate) * window if histogram == "latency" else None

    def most(self, window: float) -> Mapping[str, float]:
        rate = bound(self.rate)
        counts = dict.fromkeys(("requests", "errors", "wrong", "dropped"), rate * window)
        return {f"load.{name}": most for name, most in counts.items()} | {
            "load.asked_rate": rate,
            "load.achieved_rate": rate,
        }

    def sockets(self) -> tuple[int, int]:
        return 0, int(bound(self.connections))
