"""Execution of a bound workload: the set-up, then the steps of the measured window."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Protocol

from loadstone import formats
from loadstone.measure.steps.background import Background
from loadstone.measure.steps.outcome import Outcome
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.table import TABLE, StepTable


class WindowObserver(Protocol):
    """An observer of the window: the probes, as far as steps know them."""

    def open(self) -> None: ...

    def close(self) -> None: ...


def execute(scene: Scene, looking: WindowObserver, table: StepTable = TABLE) -> Outcome:
    """Do the steps of a workload, with `looking` open from the end of the warm-up to the end.

    Background steps start in the order of the file and last for warm-up plus window; the others
    are done one after another once the window is open, which then lasts until they are done.
    Raises `StepFailed` for a step that cannot be done.
    """
    with ExitStack() as stack:
        outcome = _foreground(scene, scene.workload.setup, table)
        background = _begin(scene, scene.workload.setup, table, stack)
        background += _begin(scene, scene.workload.measured, table, stack)
        if background:
            scene.wait_until(time.monotonic() + scene.warmup)
        for each in background:
            each.open_window()
        looking.open()
        opened = time.monotonic()
        outcome += _foreground(scene, scene.workload.measured, table)
        if background:
            scene.wait_until(opened + scene.window)
        seconds = time.monotonic() - opened
        looking.close()
        for each in background:
            outcome += each.finish()
    scene.check()
    return outcome + Outcome(quantities={"window.seconds": seconds})


def _foreground(scene: Scene, steps: Sequence[formats.Step], table: StepTable) -> Outcome:
    outcome = Outcome()
    for step in steps:
        if not step.background:
            outcome += table.foreground[type(step)](scene, step)
    return outcome


def _begin(
    scene: Scene, steps: Sequence[formats.Step], table: StepTable, stack: ExitStack
) -> list[Background]:
    begun = []
    for step in steps:
        if step.background:
            each = table.background[type(step)](scene, step)
            stack.callback(each.stop)
            begun.append(each)
    return begun
