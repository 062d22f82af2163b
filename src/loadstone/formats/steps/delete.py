"""The step `delete`: copies of a template are removed, until they are gone."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from loadstone.formats.fields import Count, Number, Seconds
from loadstone.formats.quantities import MeasuredQuantity, group, quantiles
from loadstone.formats.steps.step import Limit, StepFormat, bound

DELETES_PER_SECOND = 200.0  # that are gone, finalizers and what they led to included, roughly


class Delete(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="delete"):
    """Delete copies, the last ones first, until each is gone with what its template expects of it.

    Without `count` all of them. Gives the histogram `delete`.
    """

    needs_copies: ClassVar[bool] = True
    limits: ClassVar[Mapping[str, Limit]] = {"count": Limit(1, whole=True)}
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = {
        **quantiles(
            "delete", "delete", "from the answer to our delete to when the copy was gone",
            "p50 p90 p99 max",
        ),
        **group("delete", "delete", {
            "seconds": ("s", "from the first delete to the moment every copy was gone"),
            "count": ("1", "copies that were deleted"),
        }),
    }  # fmt: skip

    template: str
    count: Number | None = None
    concurrency: Count = 8
    timeout: Seconds = 60.0

    def seconds(self, objects: Mapping[str, int]) -> float:
        return bound(self.count or 0) * objects[self.template] / DELETES_PER_SECOND

    def of_copies(self, histogram: str, made: float, before: float) -> float | None:
        asked = bound(self.count) if self.count is not None else made + before
        return asked if histogram == "delete" else None
