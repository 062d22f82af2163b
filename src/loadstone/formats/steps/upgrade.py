"""The step `upgrade`: all copies of a template get their next version, some at a time."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from loadstone.formats.fields import Count, PositiveSeconds, Seconds
from loadstone.formats.quantities import MeasuredQuantity, group, quantiles
from loadstone.formats.steps.step import StepFormat


class Upgrade(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="upgrade"):
    """Change every copy to its next version, `concurrency` at a time, each until it is right.

    Gives the histogram `upgrade`.
    """

    awaits_right: ClassVar[bool] = True
    tells_versions: ClassVar[bool] = True
    expectations: ClassVar[tuple[str, ...]] = ("upgrade",)
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = {
        **quantiles(
            "upgrade", "upgrade", "from sending a copy's change to when it was right",
            "p50 p90 p99 max",
        ),
        **group("upgrade", "upgrade", {
            "seconds": ("s", "from the first change to the moment every copy was right"),
            "count": ("1", "copies that were upgraded"),
        }),
    }  # fmt: skip

    template: str
    concurrency: Count = 1
    timeout: Seconds = 60.0  # of each copy
    poll: PositiveSeconds = 0.005

    def of_copies(self, histogram: str, made: float, before: float) -> float | None:
        return made + before if histogram == "upgrade" else None
