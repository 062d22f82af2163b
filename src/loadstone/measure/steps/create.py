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
    numbers = range(len(have), len(have) + int(step.count))
    new = [Copy(template=step.template, i=i, scale=int(step.scale)) for i in numbers]
    scene.expect(new)
    if scene.created_at is None:
        scene.created_at = time.monotonic()
    if scene.started_at is None:
        scene.cold.add(step.template)
    moments = scene.delivery.create(new, concurrency=step.concurrency)
    for copy, moment in zip(new, moments, strict=True):
        if copy in scene.pending:
            scene.pending[copy].since = scene.started_at and moment  # of none before the start
    have.extend(new)
    return Outcome(quantities={"create.count": float(len(new))})
