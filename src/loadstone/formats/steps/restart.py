"""The step `restart`: a process of the component is ended and started again."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from loadstone.formats.fields import PositiveSeconds, Seconds
from loadstone.formats.quantities import MeasuredQuantity, group
from loadstone.formats.steps.step import StepFormat

AGAIN = 2.0  # s until a component is up again, roughly


class Restart(StepFormat, frozen=True, kw_only=True, tag_field="do", tag="restart"):
    """End a process of the component, start it again, and wait until all copies are right again.

    The main process unless `process` names another. It ends in good order (SIGTERM), or with `kill`
    at once. Copies are those of `template`, if one is named: their routes answer right, and what
    their objects say holds. Gives `restart.*`.
    """

    quantities: ClassVar[Mapping[str, MeasuredQuantity]] = group("restart", "restart", {
        "seconds": ("s", "from the signal that ended it until every copy was right again"),
        "end_seconds": ("s", "from that signal until it had ended"),
        "ready_seconds": ("s", "from its start to its first right answer on the ready URL"),
    })  # fmt: skip

    template: str | None = None
    process: str = ""
    kill: bool = False
    timeout: Seconds = 60.0  # of the copies, once it is ready
    poll: PositiveSeconds = 0.005

    def gives(self) -> str:
        return "restart"

    def seconds(self, _objects: Mapping[str, int]) -> float:
        return AGAIN
