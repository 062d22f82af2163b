"""The step `change`: one copy at a time gets a new version."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, ClassVar

from msgspec import Meta

from loadstone.formats.fields import Number, PositiveSeconds, Seconds
from loadstone.formats.quantities import MeasuredQuantity, group, quantiles
from loadstone.formats.steps.step import Limit, StepFormat, bound

SERVED_AFTER = 0.15  # s until one change is served, roughly


class Change(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="change"):
    """Change one copy at a time, `times` times, each until it is right by its new version.

    Gives the histogram `propagation` and `change.count`. Polls every `poll` seconds.
    """

    awaits_right: ClassVar[bool] = True
    expectations: ClassVar[tuple[str, ...]] = ("propagation",)
    tells_versions: ClassVar[bool] = True
    limits: ClassVar[Mapping[str, Limit]] = {"times": Limit(1, whole=True)}
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = {
        **quantiles(
            "propagation", "change", "from sending a change to when the copy was right",
            "p50 p90 p99 max",
        ),
        **group("change", "change", {
            "count": ("1", "changes that took effect"),
            "old_answered": ("1", "of these, the ones where the old version still answered then"),
        }),
    }  # fmt: skip

    template: str
    times: Number
    pause: Seconds = 0.0
    timeout: Seconds = 10.0
    poll: Annotated[PositiveSeconds, Meta(le=0.005)] = 0.005

    def seconds(self, _objects: Mapping[str, int]) -> float:
        return bound(self.times) * (SERVED_AFTER + self.pause)

    def most(self, _window: float) -> Mapping[str, float]:
        return {f"change.{name}": bound(self.times) for name in ("count", "old_answered")}

    def observations(self, histogram: str, _window: float) -> float | None:
        return bound(self.times) if histogram == "propagation" else None
