"""The step `replay`: recorded changes of a cluster happen again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from loadstone.formats.fields import Count, Number
from loadstone.formats.quantities import MeasuredQuantity, group, quantiles
from loadstone.formats.steps.step import Limit, StepFormat

LENGTH = 10.0  # s that a recording is long, roughly: as the shipped one


class ChangeReplay(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="replay"):
    """Send the changes of a recording again, at `speed` times their own, until all are answered.

    Changes of one object are sent in their order, by one of `connections` clients. Gives the
    histogram `replay` (from when a change was due to its answer) and `replay.*`.
    """

    limits: ClassVar[Mapping[str, Limit]] = {"speed": Limit(0, above=True)}
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = {
        **quantiles(
            "replay", "replay", "from when a change was due to its answer",
            "p50 p90 p99 p999 mean max",
        ),
        **group("replay", "replay", {
            "count": ("1", "changes that were sent"),
            "errors": ("1", "of these, the ones that were refused or had no answer"),
            "seconds": ("s", "from the first change to the last answer"),
            "late_p99": ("s", "our own lateness in sending, p99"),
        }),
    }  # fmt: skip

    file: str  # beside the scenario file, or a path of its own
    speed: Number = 1.0
    connections: Count = 8

    def gives(self) -> str:
        return "replay"

    def observations(self, histogram: str, _window: float) -> float | None:
        return float("inf") if histogram == "replay" else None  # as many as the recording has

    def seconds(self, _objects: Mapping[str, int]) -> float:
        speed = self.speed if isinstance(self.speed, int | float) and self.speed else 1.0
        return LENGTH / speed
