"""The step `churn`: copies of a template come and go at a rate."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from loadstone.formats.arrivals import CONSTANT, Arrivals
from loadstone.formats.fields import Rate
from loadstone.formats.quantities import MeasuredQuantity, group
from loadstone.formats.steps.step import Limit, StepFormat, bound


class Churn(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="churn"):
    """Add and remove copies of a template at `rate` operations a second, in the background."""

    background: ClassVar[bool] = True
    makes_copies: ClassVar[bool] = True
    limits: ClassVar[Mapping[str, Limit]] = {"rate": Limit(0, above=True)}
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = group("churn", "churn", {
        "asked_rate": ("1/s", "operations asked for per second"),
        "operations": ("1", "copies added or removed in the window"),
        "wrong": ("1", "operations that were not answered by in time: come, or gone (404)"),
        "seconds": ("s", "how long copies came and went"),
    })  # fmt: skip

    template: str
    rate: Rate
    arrivals: Arrivals = CONSTANT

    def most(self, window: float) -> Mapping[str, float]:
        rate = bound(self.rate)
        return {
            "churn.asked_rate": rate,
            "churn.operations": self.arrivals.most(rate, window),
        }
