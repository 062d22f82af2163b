"""The step `load`: requests over the routes of a template, at a fixed rate."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from msgspec import Meta

from loadstone.formats.arrivals import CONSTANT, Arrivals
from loadstone.formats.fields import Number, Rate, Size
from loadstone.formats.quantities import MeasuredQuantity, group, quantiles
from loadstone.formats.steps.step import Limit, Mistake, StepFormat, bound

PROTOCOLS = ("http1", "http2", "grpc")
Protocol = Annotated[str, Meta(pattern=rf"^({'|'.join(PROTOCOLS)}|\$\{{[a-z][a-z0-9_]*\}})$")]

MOST_OF_MESSAGE = 16_379  # By: with what stands before it, a frame that every server takes


class Load(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="load"):
    """Open-loop requests at a `rate`, in the background, over the routes of a template.

    Of `protocol: grpc` each is a unary call: the path of the route is its method, and what is right
    ends with the status 0.

    Gives the histogram `latency` (from when each request was due) and `load.*`.
    """

    background: ClassVar[bool] = True
    sends: ClassVar[bool] = True
    asks_routes: ClassVar[bool] = True
    limits: ClassVar[Mapping[str, Limit]] = {
        "rate": Limit(0, above=True),
        "connections": Limit(1, whole=True),
        "body": Limit(0, whole=True),
        "reconnect_rate": Limit(0),
        "processes": Limit(1, whole=True),
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
            "connected": ("1", "connections that were opened in the window"),
            "unasked": ("1", "answers that no request had asked for"),
            "late_p99": ("s", "the generator's own lateness in sending, p99"),
            "generator_cpu": ("1", "cores that the generator used"),
        }),
        **group("upstream", "load", {
            "headroom": ("1", "rate that the upstream can serve over the rate asked for"),
        }),
        **group("generator", "load", {
            "headroom": ("1", "rate that the generator can send over the rate asked for"),
            "cpu_seconds": ("s", "CPU time of the generator's process in the window"),
        }),
    }  # fmt: skip

    template: str
    rate: Rate
    connections: Number = 50
    body: Size = 600
    arrivals: Arrivals = CONSTANT
    protocol: Protocol = "http1"
    message: str = ""  # of each call of gRPC, in base64; none: the one with nothing in it
    tls: bool = False  # to the component's `secure_traffic`
    keepalive: bool = True  # else a connection for each request
    reconnect_rate: Rate = 0  # connections that go, and others that come in their place
    processes: Number = 1  # that send it, where one core is not enough

    def mistakes(self) -> Iterator[Mistake]:
        if self.message and self.protocol in ("http1", "http2"):
            yield Mistake("message", f"{self.protocol} sends no message", "`protocol: grpc` does")
        try:
            length = len(self.called_with())
        except binascii.Error:
            yield Mistake("message", "this is no base64", "`protoc --encode … | base64 -w 0`")
        else:
            if length > MOST_OF_MESSAGE:
                what = f"{length} bytes, and the longest that is sent are {MOST_OF_MESSAGE}"
                yield Mistake("message", what)

    def called_with(self) -> bytes:
        """The message of a call. Raises `binascii.Error` for what is no base64."""
        return base64.b64decode(self.message, validate=True)

    def observations(self, histogram: str, window: float) -> float | None:
        return self.arrivals.mean(bound(self.rate)) * window if histogram == "latency" else None

    def most(self, window: float) -> Mapping[str, float]:
        rate = bound(self.rate)
        most = self.arrivals.most(rate, window)
        counts = dict.fromkeys(("requests", "errors", "wrong", "dropped"), most)
        return {f"load.{name}": count for name, count in counts.items()} | {
            "load.asked_rate": rate,
            "load.achieved_rate": rate,
        }

    def sockets(self) -> tuple[int, int]:
        return 0, int(bound(self.connections))
