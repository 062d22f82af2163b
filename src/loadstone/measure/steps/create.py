"""The step `create`: more copies of a template, some requests at a time."""

from __future__ import annotations

import time

from loadstone import formats
from loadstone.measure.steps.outcome import Outcome
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.templates import Copy


def create(scene: Scene, step: formats.Create) -> Outcome:
    """Make `count` more copies of a template, some requests at a time."""
    have = scene.of(step.template)
    new = [Copy(template=step.template, i=i) for i in range(len(have), len(have) + int(step.count))]
    if scene.created_at is None:
        scene.created_at = time.monotonic()
    scene.delivery.create(new, concurrency=step.concurrency)
    have.extend(new)
    return Outcome()
