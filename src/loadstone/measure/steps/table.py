"""The table of step kinds: how each is done, a line a kind; incomplete, it does not import."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from loadstone.formats import steps
from loadstone.measure.steps.await_right import wait_until_right
from loadstone.measure.steps.background import Background, in_each_scene
from loadstone.measure.steps.change import change
from loadstone.measure.steps.churn import ChurnThread
from loadstone.measure.steps.create import create
from loadstone.measure.steps.delete import delete
from loadstone.measure.steps.fault import BackgroundFault
from loadstone.measure.steps.hold import BackgroundHold
from loadstone.measure.steps.idle import BackgroundIdle
from loadstone.measure.steps.load import BackgroundLoad
from loadstone.measure.steps.outcome import Outcome
from loadstone.measure.steps.replay import replay
from loadstone.measure.steps.request import BackgroundRequests
from loadstone.measure.steps.restart import restart
from loadstone.measure.steps.scale import scale
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.settle import settle
from loadstone.measure.steps.stage import Stage
from loadstone.measure.steps.upgrade import upgrade
from loadstone.measure.steps.watch import BackgroundWatch

Do = Callable[[Scene, Any], Outcome]
Begin = Callable[[Stage, Any], Background]


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
        steps.Await: wait_until_right,
        steps.Change: change,
        steps.Settle: settle,
        steps.Delete: delete,
        steps.Scale: scale,
        steps.Upgrade: upgrade,
        steps.ChangeReplay: replay,
        steps.Restart: restart,
    },
    background={
        steps.Load: BackgroundLoad,
        steps.Hold: in_each_scene(BackgroundHold),
        steps.Churn: in_each_scene(ChurnThread),
        steps.Idle: in_each_scene(BackgroundIdle),
        steps.TimedFault: in_each_scene(BackgroundFault),
        steps.ApiRequests: BackgroundRequests,
        steps.Watchers: in_each_scene(BackgroundWatch),
    },
).check(steps.KINDS)
