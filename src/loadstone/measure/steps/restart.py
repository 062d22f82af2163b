"""The step `restart`: a process is ended and started again, until all is right once more."""

from __future__ import annotations

import time

from loadstone import formats
from loadstone.measure.steps.await_right import right_again
from loadstone.measure.steps.outcome import Outcome
from loadstone.measure.steps.scene import Scene, control_of


def restart(scene: Scene, step: formats.Restart) -> Outcome:
    """Restart a process. Gives `restart.*`.

    Raises `ComponentFailed` for one that does not get ready again, `StepFailed` for copies that are
    not right again in time.
    """
    control_of(scene).require(step.process)
    scene.meet()
    begun = time.monotonic()
    scene.halt(step.process, kill=step.kill)
    ended = time.monotonic()
    ready = scene.start_again(step.process)
    right = time.monotonic()
    if step.template is not None:
        last = right_again(scene, step.template, timeout=float(step.timeout), poll=float(step.poll))
        right = max(right, last)
    return Outcome(
        quantities={
            "restart.seconds": right - begun,
            "restart.end_seconds": ended - begun,
            "restart.ready_seconds": ready,
        }
    )
