"""Execution of a bound workload: the set-up, then the steps of the measured window."""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import ExitStack
from typing import Protocol

from loadstone import formats
from loadstone.measure.steps.background import AnnouncedStep, Background
from loadstone.measure.steps.outcome import Outcome
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.stage import Stage
from loadstone.measure.steps.table import TABLE, StepTable

_LOOKING = 0.01  # s for the probes to open


class WindowObserver(Protocol):
    """An observer of the window: the probes, as far as steps know them."""

    def prepare(self) -> None:
        """The window is about to open."""

    def open(self) -> None: ...

    def close(self) -> None: ...

    def settle(self) -> None: ...


def execute(stage: Stage, looking: WindowObserver, table: StepTable = TABLE) -> list[Outcome]:
    """Do the steps of a workload, with `looking` open from the end of the warm-up to the end.

    Background steps start in the order of the file and last for warm-up plus window; the others
    are done one after another once the window is open, which then lasts until they are done. Once
    all have finished, `looking` settles. All scenes do each step at once; an outcome for each.
    Raises `SidesFailed` for what cannot be done.
    """
    warmup, window = stage.scenes[0].warmup, stage.scenes[0].window
    with ExitStack() as stack:
        outcomes = _foreground(stage, stage.workload.setup, table)
        background = _begin(stage, stage.workload.setup, table, stack)
        background += _begin(stage, stage.workload.measured, table, stack)
        if background:
            stage.wait_until(time.monotonic() + warmup)
        looking.prepare()
        _await_opening(stage, background)
        looking.open()  # takes some milliseconds, of which no request may count: it comes first
        for each in background:
            each.open_window()
        opened = time.monotonic()
        outcomes = _both(outcomes, _foreground(stage, stage.workload.measured, table))
        if background:
            stage.wait_until(opened + window)
        seconds = time.monotonic() - opened
        for each in background:
            each.close_window()
        looking.close()
        for each in background:
            outcomes = _both(outcomes, each.finish())
        looking.settle()
    stage.check()
    measured = Outcome(quantities={"window.seconds": seconds})
    return [outcome + measured for outcome in outcomes]


def before_start(scene: Scene, table: StepTable = TABLE) -> Outcome:
    """Do the steps that come before the component's start. Raises what they raise."""
    outcome = Outcome()
    for step in scene.workload.before:
        outcome += table.foreground[type(step)](scene, step)
    return outcome


def _foreground(stage: Stage, steps: Sequence[formats.Step], table: StepTable) -> list[Outcome]:
    outcomes = [Outcome() for _ in stage.scenes]
    for step in steps:
        if not step.background:
            outcomes = _both(outcomes, _do(stage, step, table))
    return outcomes


def _do(stage: Stage, step: formats.Step, table: StepTable) -> list[Outcome]:
    do = table.foreground[type(step)]
    return stage.each(lambda scene: do(scene, step))


def _begin(
    stage: Stage, steps: Sequence[formats.Step], table: StepTable, stack: ExitStack
) -> list[Background]:
    begun = []
    for step in steps:
        if step.background:
            each = table.background[type(step)](stage, step)
            stack.callback(each.stop)
            begun.append(each)
    return begun


def _await_opening(stage: Stage, background: Sequence[Background]) -> None:
    """Return just before the window opens for what had to be told of it ahead."""
    told = [each.announce() for each in background if isinstance(each, AnnouncedStep)]
    moments = [moment for moment in told if moment is not None]
    if moments:
        stage.wait_until(max(moments) - _LOOKING)


def _both(before: Sequence[Outcome], after: Sequence[Outcome]) -> list[Outcome]:
    return [one + other for one, other in zip(before, after, strict=True)]
