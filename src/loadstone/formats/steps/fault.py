"""The step `fault`: something breaks in the middle of what is measured, and is mended."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Literal

import msgspec

from loadstone.formats.dial import Dial
from loadstone.formats.fields import Seconds
from loadstone.formats.quantities import MeasuredQuantity, group
from loadstone.formats.steps.step import Mistake, StepFormat


class TimedFault(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="fault"):
    """A fault from `at` seconds after the window opens, `for` so many seconds.

    `dials` come to those of the workload: the API server delays, refuses or ends what matches, also
    watches that are open. `act` is done to a process of the component, the main one unless
    `process` names another: `stop` stops it (SIGSTOP) and lets it go on, `kill` ends it (SIGKILL)
    and starts it again. `act: cut` cuts a component with `network: own` off from the API server and
    from who asks it, whose messages wait. All faults end with the window at the latest.
    """

    background: ClassVar[bool] = True
    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = group("fault", "fault", {
        "seconds": ("s", "how long the fault lasted"),
    })  # fmt: skip

    at: Seconds = 0.0
    lasts: Seconds = msgspec.field(name="for")
    dials: list[Dial] = []
    act: Literal["stop", "kill", "cut"] | None = None
    process: str = ""

    def mistakes(self) -> Iterator[Mistake]:
        if bool(self.dials) == (self.act is not None):
            yield Mistake("dials", "a fault has `dials`, or it has an `act`")
        if self.process and self.act == "cut":
            yield Mistake("process", "all processes of a component are cut off together")
        if self.process and self.act is None:
            yield Mistake("process", "an `act` is done to a process, and there is none")
        if not self.lasts:
            yield Mistake("for", "a fault lasts longer than no time")

    def most(self, _window: float) -> Mapping[str, float]:
        return {"fault.seconds": self.lasts}
