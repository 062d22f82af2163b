"""The step `watch`: watchers of a kind, and writes that each of them has to see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, ClassVar

from msgspec import Meta

from loadstone.formats.arrivals import CONSTANT, Arrivals
from loadstone.formats.fields import Number, Rate
from loadstone.formats.quantities import MeasuredQuantity, group, quantiles
from loadstone.formats.steps.step import Limit, Mistake, StepFormat, bound

ByteRate = Annotated[float, Meta(gt=0, extra_json_schema={"x-unit": "By/s"})]


class Watchers(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="watch"):
    """Watch the kind of a template's first object, and write to its copies `rate` times a second.

    Gives the histograms `delivery` (from sending a write to its event, for each watcher) and
    `write` (from when it was due to its answer), and `watch.*`. A write that a watcher does not
    see, or sees out of order, makes the run invalid. `slow` of the watchers read `slow_rate` bytes
    a second; they may fall behind, and the others must not notice.
    """

    background: ClassVar[bool] = True
    needs_copies: ClassVar[bool] = True
    limits: ClassVar[Mapping[str, Limit]] = {
        "watchers": Limit(1, whole=True),
        "slow": Limit(0, whole=True),
        "rate": Limit(0),
        "connections": Limit(1, whole=True),
    }
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = {
        **quantiles(
            "delivery", "watch", "from sending a write to a watcher's having its event",
            "p50 p90 p99 p999 mean max",
        ),
        **quantiles(
            "write", "watch", "from when a write was due to its answer",
            "p50 p90 p99 p999 mean max",
        ),
        **group("watch", "watch", {
            "asked_rate": ("1/s", "writes due per second"),
            "rate": ("1/s", "writes answered per second of the window"),
            "writes": ("1", "writes due in the window"),
            "errors": ("1", "of these, the ones refused, failed, or without an answer"),
            "dropped": ("1", "writes that were due and never sent"),
            "events": ("1", "events that came to watchers"),
            "slow_events": ("1", "of these, to the slow ones"),
            "lost": ("1", "events of answered writes that did not come to a watcher"),
            "disordered": ("1", "events that came after one of a later revision"),
            "open": ("1", "watchers at the end"),
            "reopened": ("1", "watches that the server ended, and that were opened again"),
            "expired": ("1", "of these, because the server had forgotten what came next (410)"),
            "generator_cpu": ("1", "share of one core that watching and writing used"),
        }),
    }  # fmt: skip

    template: str
    watchers: Number
    rate: Rate = 0  # writes a second; 0: none, and nothing can be lost
    slow: Number = 0
    slow_rate: ByteRate = 1000.0
    namespace: str = ""  # of all namespaces, where it is absent
    selector: str = ""  # of labels; the copies have to match it
    connections: Number = 10  # that writes are sent over
    arrivals: Arrivals = CONSTANT

    def gives(self) -> str:
        return "watch"

    def mistakes(self) -> Iterator[Mistake]:
        numbers = isinstance(self.slow, int | float) and isinstance(self.watchers, int | float)
        if numbers and self.slow and bound(self.slow) >= bound(self.watchers):
            yield Mistake("slow", "some watchers have to be quick, or nothing is measured")

    def observations(self, histogram: str, window: float) -> float | None:
        writes = self.arrivals.mean(bound(self.rate)) * window
        quick = bound(self.watchers) - bound(self.slow)
        return {"write": writes, "delivery": writes * quick}.get(histogram)

    def most(self, window: float) -> Mapping[str, float]:
        most = self.arrivals.most(bound(self.rate), window)
        counts = dict.fromkeys(("writes", "errors", "dropped"), most)
        return {f"watch.{name}": count for name, count in counts.items()} | {
            "watch.open": bound(self.watchers),
            "watch.lost": most * bound(self.watchers),
        }

    def sockets(self) -> tuple[int, int]:
        return int(bound(self.watchers)), int(bound(self.connections))
