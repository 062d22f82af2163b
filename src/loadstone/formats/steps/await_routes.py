"""The step `await`: every copy of a template has to answer right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from loadstone.formats.fields import PositiveSeconds, Seconds
from loadstone.formats.quantities import MeasuredQuantity, group
from loadstone.formats.steps.step import StepFormat

SETTLE = 0.5  # s until the last of many creates is served, roughly


class Await(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="await"):
    """Wait until *every* copy of the template answers right. Gives `await.seconds`."""

    asks_routes: ClassVar[bool] = True
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = group("await", "await", {
        "seconds": ("s", "from the first create to the moment every copy answered right"),
    })  # fmt: skip

    template: str
    timeout: Seconds = 60.0
    poll: PositiveSeconds = 0.005

    def seconds(self, _objects: Mapping[str, int]) -> float:
        return SETTLE
