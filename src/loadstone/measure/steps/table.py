"""The table of step kinds: how each is done, a line a kind; incomplete, it does not import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from loadstone.formats import steps
from loadstone.measure.steps.await_routes import wait_for_routes
from loadstone.measure.steps.background import Background
from loadstone.measure.steps.change import change
from loadstone.measure.steps.churn import ChurnThread
from loadstone.measure.steps.create import create
from loadstone.measure.steps.hold import BackgroundHold
from loadstone.measure.steps.load import BackgroundLoad
from loadstone.measure.steps.outcome import Outcome
from loadstone.measure.steps.scene import Scene

Do = Callable[[Scene, Any], Outcome]
Begin = Callable[[Scene, Any], Background]


@dataclass(frozen=True, kw_only=True)
class StepTable:
    """A table of step kinds: those done to their end, and those that last as long as the window."""

    foreground: Mapping[type[steps.StepFormat], Do]
    background: Mapping[type[steps.StepFormat], Begin]

    def check(self, kinds: tuple[type[steps.StepFormat], ...]) -> StepTable:
        """Return the table, if it has every one of these kinds once and where its format says.

        Raises `TypeError` for a kind that would be skipped, or done in two ways.
        """
        wrong = [
            kind.kind()
            for kind in kinds
            if (kind in self.foreground, kind in self.background)
            != (not kind.background, kind.background)
        ]
        wrong += [kind.kind() for kind in {*self.foreground, *self.background} - {*kinds}]
        if wrong:
            raise TypeError(f"steps that a scenario's format and this table do not share: {wrong}")
        return self


TABLE = StepTable(
    foreground={
        steps.Create: create,
        steps.Await: wait_for_routes,
        steps.Change: change,
    },
    background={
        steps.Load: BackgroundLoad,
        steps.Hold: BackgroundHold,
        steps.Churn: ChurnThread,
    },
).check(steps.KINDS)
