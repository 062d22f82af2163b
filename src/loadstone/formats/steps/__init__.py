"""Step formats: the kinds of steps that a scenario file may name. Pure; `measure` does them.

A new kind is a file of this folder and one of `measure/steps`, and a line in the table of each.
"""

from __future__ import annotations

from typing import get_args

from loadstone.formats.steps.await_right import Await
from loadstone.formats.steps.change import Change
from loadstone.formats.steps.churn import Churn
from loadstone.formats.steps.create import Create
from loadstone.formats.steps.delete import Delete
from loadstone.formats.steps.fault import TimedFault
from loadstone.formats.steps.hold import Hold
from loadstone.formats.steps.idle import Idle
from loadstone.formats.steps.load import Load
from loadstone.formats.steps.replay import ChangeReplay
from loadstone.formats.steps.request import ApiRequests
from loadstone.formats.steps.restart import Restart
from loadstone.formats.steps.scale import Scale
from loadstone.formats.steps.settle import Settle
from loadstone.formats.steps.step import Limit, Mistake, StepFormat
from loadstone.formats.steps.upgrade import Upgrade
from loadstone.formats.steps.watch import Watchers

Step = (
    Create
    | Await
    | Change
    | Churn
    | Hold
    | Load
    | Settle
    | Delete
    | Scale
    | Upgrade
    | Idle
    | ApiRequests
    | Watchers
    | TimedFault
    | ChangeReplay
    | Restart
)
KINDS: tuple[type[StepFormat], ...] = get_args(Step)

__all__ = [
    "KINDS",
    "ApiRequests",
    "Await",
    "Change",
    "ChangeReplay",
    "Churn",
    "Create",
    "Delete",
    "Hold",
    "Idle",
    "Limit",
    "Load",
    "Mistake",
    "Restart",
    "Scale",
    "Settle",
    "Step",
    "StepFormat",
    "TimedFault",
    "Upgrade",
    "Watchers",
]
