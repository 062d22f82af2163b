"""The step `create`: copies of a template are made."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from loadstone.formats.fields import Count, Number
from loadstone.formats.quantities import MeasuredQuantity, group
from loadstone.formats.steps.step import Limit, StepFormat, bound

OBJECTS_PER_SECOND = 500.0  # that an API server and a component take, roughly


class Create(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="create"):
    """Create `count` copies of a template at a `scale`, `concurrency` requests at a time."""

    makes_copies: ClassVar[bool] = True
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = group("create", "create", {
        "count": ("1", "copies that were made by the last such step"),
    })  # fmt: skip
    limits: ClassVar[Mapping[str, Limit]] = {
        "count": Limit(0, whole=True),
        "scale": Limit(0, whole=True),
    }

    template: str
    count: Number
    scale: Number = 1  # what `${scale}` is in them
    concurrency: Count = 8

    def seconds(self, objects: Mapping[str, int]) -> float:
        return bound(self.count) * objects[self.template] / OBJECTS_PER_SECOND
