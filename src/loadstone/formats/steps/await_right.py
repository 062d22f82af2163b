"""The step `await`: every copy of a template has to be right."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from loadstone.formats.fields import PositiveSeconds, Seconds
from loadstone.formats.quantities import MeasuredQuantity, group, quantiles
from loadstone.formats.steps.step import StepFormat

SETTLE = 0.5  # s until the last of many creates is served, roughly


class Await(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="await"):
    """Wait until *every* copy of the template is right. Gives `await.seconds`.

    Of copies that have expectations, also the histogram `reconcile`; of those that were there
    before the component started, `cold_start`.
    """

    awaits_right: ClassVar[bool] = True
    expectations: ClassVar[tuple[str, ...]] = ("reconcile", "cold_start")
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = {
        **group("await", "await", {
            "seconds": ("s", "from the first create to the moment every copy was right"),
        }),
        **quantiles(
            "reconcile", "await", "from the answer to our request to when the copy was right",
            "p50 p90 p99 max",
        ),
        **group("cold_start", "await", {
            "seconds": ("s", "from the component's start until every copy of before was right"),
        }),
        **quantiles(
            "cold_start", "await", "from the component's start until a copy of before was right",
            "p50 p90 p99 max",
        ),
    }  # fmt: skip

    template: str
    timeout: Seconds = 60.0
    poll: PositiveSeconds = 0.005

    def of_copies(self, histogram: str, made: float, before: float) -> float | None:
        return {"reconcile": made, "cold_start": before}.get(histogram)

    def seconds(self, _objects: Mapping[str, int]) -> float:
        return SETTLE
