"""Types that several sections of the configuration share."""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import Meta

MINUTES = "x-minutes"  # in a schema: minutes, or a text with a unit of time

Text = Annotated[str, Meta(min_length=1)]
Texts = list[Text]
Names = Text | Annotated[list[Text], Meta(min_length=1)]  # one, or several
Minutes = Annotated[float, Meta(gt=0, extra_json_schema={MINUTES: True})]
Alpha = Annotated[float, Meta(gt=0, le=0.5, extra_json_schema={"x-unit": "1"})]
GoalName = Literal["detect", "certify"]
Looks = Annotated[list[Annotated[int, Meta(ge=2)]], Meta(min_length=1)]


def several(names: str | list[str]) -> list[str]:
    """One name or several, as a list."""
    return [names] if isinstance(names, str) else list(names)
