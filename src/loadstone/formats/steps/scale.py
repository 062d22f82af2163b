"""The step `scale`: copies get another `${scale}`, or there are more or fewer of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from loadstone.formats.fields import Count, Number, PositiveSeconds, Seconds
from loadstone.formats.quantities import MeasuredQuantity, group, quantiles
from loadstone.formats.steps.step import Limit, StepFormat, bound


class Scale(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="scale"):
    """Scale copies until each is right again: one of `to` and `count`.

    `to`: every copy's `${scale}` becomes this, `concurrency` copies at a time. `count`: so many
    copies there are afterwards; those that are too many go. Gives the histogram `scale`.
    """

    awaits_right: ClassVar[bool] = True
    expectations: ClassVar[tuple[str, ...]] = ("scale",)
    limits: ClassVar[Mapping[str, Limit]] = {
        "to": Limit(0, whole=True),
        "count": Limit(0, whole=True),
    }
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = {
        **quantiles(
            "scale", "scale", "from the request that scales a copy to when it was right",
            "p50 p90 p99 max",
        ),
        **group("scale", "scale", {
            "seconds": ("s", "from the first request to the moment every copy was right"),
            "count": ("1", "copies that were scaled, made or removed"),
        }),
    }  # fmt: skip

    template: str
    to: Number | None = None
    count: Number | None = None
    concurrency: Count = 1
    timeout: Seconds = 60.0
    poll: PositiveSeconds = 0.005

    def of_copies(self, histogram: str, made: float, before: float) -> float | None:
        have = made + before
        asked = have if self.count is None else abs(bound(self.count) - have)
        return asked if histogram == "scale" else None
