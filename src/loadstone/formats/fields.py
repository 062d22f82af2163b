"""Fields of the file formats: numbers with their units and bounds."""

from __future__ import annotations

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

Bound = Annotated[str, Meta(pattern=r"^\$\{[a-z][a-z0-9_]*\}$", description="An axis, as ${axis}")]


Number = int | float | Bound


Unit = Literal["s", "By", "1", "1/s", "By/s"]


Group = Literal["latency", "throughput", "resource", "business", "correctness"]


ProfileKind = Literal["cpu", "heap", "allocs", "goroutine", "mutex", "block"]


Seconds = Annotated[float, Meta(ge=0, extra_json_schema={"x-unit": "s"})]


PositiveSeconds = Annotated[float, Meta(gt=0, extra_json_schema={"x-unit": "s"})]


Share = Annotated[float, Meta(ge=0, le=1, extra_json_schema={"x-unit": "1"})]


Bytes = Annotated[int, Meta(ge=0, extra_json_schema={"x-unit": "By"})]


Count = Annotated[int, Meta(ge=1)]


Rate = Annotated[Number, Meta(extra_json_schema={"x-unit": "1/s"})]


Size = Annotated[Number, Meta(extra_json_schema={"x-unit": "By"})]


Margin = Annotated[float, Meta(ge=0, extra_json_schema={"x-unit": "1"})]


Amount = Annotated[float, Meta(ge=0, extra_json_schema={"x-unit": "any"})]  # of a metric's unit


class Spec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A mapping of the file format: unknown keys are errors."""
