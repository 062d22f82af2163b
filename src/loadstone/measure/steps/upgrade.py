"""The step `upgrade`: every copy gets its next version, some at a time."""

from __future__ import annotations

import time

from loadstone import formats
from loadstone.measure.steps.durations import durations, of_stages
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.templates import Copy
from loadstone.measure.steps.transitions import ChangeEffect, rolling
from loadstone.model import Note


def upgrade(scene: Scene, step: formats.Upgrade) -> Outcome:
    """Change every copy to its next version. Gives `upgrade.*`. Raises `StepFailed`."""
    copies = scene.of(step.template)
    if not copies:
        raise StepFailed(Note.of("nothing-to-change", template=step.template))
    scene.meet()
    begun = time.monotonic()
    effects = rolling(
        scene,
        copies,
        Copy.changed,
        concurrency=step.concurrency,
        timeout=float(step.timeout),
        poll=float(step.poll),
    )
    return of_effects("upgrade", effects, time.monotonic() - begun)


def of_effects(name: str, effects: list[ChangeEffect], seconds: float) -> Outcome:
    """`name.*`, also by expectation, of changes that took so many seconds together."""
    counts = {f"{name}.seconds": seconds, f"{name}.count": float(len(effects))}
    return (
        durations(name, [each.seconds for each in effects])
        + of_stages(name, [each.stages for each in effects])
        + Outcome(quantities=counts)
    )
