"""Step formats: the kinds of steps that a scenario file may name. Pure; `measure` does them.

A new kind is a file of this folder and one of `measure/steps`, and a line in the table of each.
"""

from __future__ import annotations

from typing import get_args

from loadstone.formats.steps.await_routes import Await
from loadstone.formats.steps.change import Change
from loadstone.formats.steps.churn import Churn
from loadstone.formats.steps.create import Create
from loadstone.formats.steps.hold import Hold
from loadstone.formats.steps.load import Load
from loadstone.formats.steps.step import Limit, StepFormat

Step = Create | Await | Change | Churn | Hold | Load
KINDS: tuple[type[StepFormat], ...] = get_args(Step)

__all__ = [
    "KINDS",
    "Await",
    "Change",
    "Churn",
    "Create",
    "Hold",
    "Limit",
    "Load",
    "Step",
    "StepFormat",
]
