"""The step `settle`: the component has gone quiet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

import msgspec

from loadstone.formats.fields import PositiveSeconds, Seconds
from loadstone.formats.quantities import MeasuredQuantity, group
from loadstone.formats.steps.step import StepFormat


class Settle(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="settle"):
    """Wait until the component has gone quiet, for `for` seconds. Gives `settle.seconds`.

    Quiet is: no request of its own to the API server, no event on its way to a watcher, and on its
    metrics page every queue of `queues` empty. Requests about the resources of `ignore` do not
    count: a leader renews its lease whether or not there is work.
    """

    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = group("settle", "settle", {
        "seconds": ("s", "from the beginning of the step until the last sign of work"),
    })  # fmt: skip

    quiet: PositiveSeconds = msgspec.field(default=1.0, name="for")
    timeout: Seconds = 60.0
    ignore: list[str] = msgspec.field(default_factory=lambda: ["leases"])
    queues: str = "workqueue_depth"  # a series of the metrics page; "": none

    def seconds(self, _objects: Mapping[str, int]) -> float:
        return self.quiet
