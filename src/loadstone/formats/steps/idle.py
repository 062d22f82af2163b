"""The step `idle`: nothing is done, and what the component does all the same is counted."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from loadstone.formats.quantities import MeasuredQuantity, group
from loadstone.formats.steps.step import StepFormat


class Idle(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="idle"):
    """Do nothing for as long as the window, and count what the component asks of the API server.

    Requests about the resources of `ignore` do not count.
    """

    background: ClassVar[bool] = True
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = group("idle", "idle", {
        "requests": ("1", "requests of the component to the API server in the window"),
        "writes": ("1", "of these, the ones that change something"),
        "watch_events": ("1", "events that the API server sent to the component in the window"),
        "seconds": ("s", "how long nothing was done"),
    })  # fmt: skip

    ignore: list[str] = msgspec.field(default_factory=lambda: ["leases"])
