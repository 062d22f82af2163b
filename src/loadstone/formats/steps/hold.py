"""The step `hold`: idle connections are kept open."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from loadstone.formats.fields import Number, Rate
from loadstone.formats.quantities import MeasuredQuantity, group
from loadstone.formats.steps.step import Limit, StepFormat, bound


class Hold(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="hold"):
    """Keep `connections` idle connections open in the background."""

    background: ClassVar[bool] = True
    sends: ClassVar[bool] = True
    limits: ClassVar[Mapping[str, Limit]] = {
        "connections": Limit(0, whole=True),
        "rate": Limit(0, above=True),
    }
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = group("hold", "hold", {
        "asked": ("1", "idle connections asked for"),
        "open": ("1", "idle connections open at the end of the window"),
        "lost": ("1", "idle connections that the other side closed"),
        "refused": ("1", "idle connections that could not be opened"),
    })  # fmt: skip

    connections: Number
    rate: Rate = 1000  # new connections a second while opening

    def seconds(self, _objects: Mapping[str, int]) -> float:
        return bound(self.connections) / max(bound(self.rate), 1.0)

    def most(self, _window: float) -> Mapping[str, float]:
        names = ("asked", "open", "lost", "refused")
        return {f"hold.{name}": bound(self.connections) for name in names}

    def sockets(self) -> tuple[int, int]:
        return int(bound(self.connections)), 0
