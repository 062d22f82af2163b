"""The step `request`: reads of the API server, or patches, as its clients send them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Literal

import msgspec
from msgspec import Meta

from loadstone.formats.arrivals import CONSTANT, Arrivals
from loadstone.formats.fields import Number, Rate
from loadstone.formats.quantities import MeasuredQuantity
from loadstone.formats.steps.step import Limit, Mistake, StepFormat, bound

# `request.<name>.<part>`: of a step's requests, by its name or else by verb and scope.
PARTS: Mapping[str, tuple[str, str]] = {
    **{
        name: ("s", f"from when a request was due to its last byte, {name}")
        for name in ("p50", "p90", "p99", "p999", "mean", "max")
    },
    "asked_rate": ("1/s", "requests due per second; of a closed loop, requests begun"),
    "rate": ("1/s", "requests answered per second of the window"),
    "count": ("1", "requests due in the window"),
    "errors": ("1", "of these, the ones refused, failed, or without an answer"),
    "dropped": ("1", "requests that were due and never sent"),
    "late_p99": ("s", "the player's own lateness in sending, p99"),
    "generator_cpu": ("1", "share of one core that the player used"),
}


class ApiRequests(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="request"):
    """Requests to the API server in the background: at a `rate`, or by `concurrency` clients.

    Gives the histogram `request.<name>` and `request.<name>.*`; the name is `<verb>.<scope>` unless
    the step has one, with the scope (`resource`, `namespace`, `cluster`) as the API server's own
    latency objective counts it. `get` and `patch` go over the objects that are there, 1,000 at
    most, in an order that the seed fixes. Of a `list` with a `limit`, each page is a request.
    """

    background: ClassVar[bool] = True
    limits: ClassVar[Mapping[str, Limit]] = {
        "rate": Limit(0),
        "concurrency": Limit(0, whole=True),
        "connections": Limit(1, whole=True),
        "limit": Limit(0, whole=True),
    }

    verb: Literal["get", "list", "patch"]
    of_kind: str = msgspec.field(name="kind")
    api_version: str = msgspec.field(default="v1", name="apiVersion")
    subresource: str = ""
    namespace: str = ""  # of all namespaces, where it is absent
    selector: str = ""  # of labels, as kubectl's -l
    fields: str = ""  # a field selector
    limit: Number = 0  # objects of a page; 0: all at once
    rate: Rate = 0  # 1/s
    concurrency: Number = 0  # clients of a closed loop, in place of a rate
    connections: Number = 10
    arrivals: Arrivals = CONSTANT
    patch: dict[str, Any] | None = None  # a merge patch; `${i}` and `${now}` are filled in
    name: Annotated[str, Meta(pattern=r"^([a-z][a-z0-9_]*)?$")] = ""

    @property
    def scope(self) -> str:
        """The scope of its requests, as the API server counts them."""
        if self.verb != "list":
            return "resource"
        return "namespace" if self.namespace else "cluster"

    def gives(self) -> str:
        return f"request.{self.name or f'{self.verb}.{self.scope}'}"

    def mistakes(self) -> Iterator[Mistake]:
        if bool(self.rate) == bool(self.concurrency):
            what = "a request is sent at a `rate` or by clients in `concurrency`: one of these"
            yield Mistake("rate", what)
        if (self.verb == "patch") != (self.patch is not None):
            yield Mistake("patch", "`verb: patch` and a `patch` go together")
        if self.limit and self.verb != "list":
            yield Mistake("limit", "only a `list` has pages")
        if self.subresource and self.verb == "list":
            yield Mistake("subresource", "a `list` has no subresource")
        if self.concurrency and self.arrivals != CONSTANT:
            yield Mistake("arrivals", "clients in `concurrency` ask when they are answered")

    def observations(self, histogram: str, window: float) -> float | None:
        if histogram != self.gives():
            return None
        rate = bound(self.rate)
        return self.arrivals.mean(rate) * window if rate else float("inf")

    def most(self, window: float) -> Mapping[str, float]:
        if not bound(self.rate) or self.limit:  # a list may have any number of pages
            return {}
        most = self.arrivals.most(bound(self.rate), window)
        return {f"{self.gives()}.{name}": most for name in ("count", "errors", "dropped")}

    def sockets(self) -> tuple[int, int]:
        return 0, int(max(bound(self.connections), bound(self.concurrency)))


def known(name: str) -> MeasuredQuantity | None:
    """The quantity `request.<name>.<part>`, None for every other name."""
    head, _, part = name.rpartition(".")
    if not head.startswith("request.") or part not in PARTS:
        return None
    unit, about = PARTS[part]
    return MeasuredQuantity(unit=unit, step="request", about=about)
