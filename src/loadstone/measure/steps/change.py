"""The step `change`: one copy at a time, and how long each change takes to be right.

The new version's route is asked at fixed times on a connection of its own, so a slow answer does
not widen the grid; what objects tell is stamped as it arrives.
"""

from __future__ import annotations

import random
import time
from collections.abc import Sequence

from loadstone import formats
from loadstone.measure.steps.durations import durations, of_stages
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.transitions import ChangeEffect, calling, transition
from loadstone.model import Note


def change(scene: Scene, step: formats.Change) -> Outcome:
    """Change copies in an order that the seed fixes. Gives `propagation.*` (s) and `change.*`.

    Raises `StepFailed` for a change that has no effect in time, or that cannot be seen because the
    new version is right before the change.
    """
    copies = scene.of(step.template)
    if not copies:
        raise StepFailed(Note.of("nothing-to-change", template=step.template))
    order = list(range(len(copies)))
    random.Random(scene.seed).shuffle(order)
    done = []
    with calling(scene, step.template) as caller:
        for turn in range(int(step.times)):
            scene.meet()
            before = copies[order[turn % len(order)]]
            after = before.changed()
            done.append(
                transition(
                    scene, before, after, caller, timeout=step.timeout, poll=float(step.poll)
                )
            )
            copies[order[turn % len(order)]] = after
            scene.wait_until(time.monotonic() + step.pause)
    return summarise(done)


def summarise(changes: Sequence[ChangeEffect]) -> Outcome:
    """`propagation.*`, also by expectation, and `change.*`."""
    if not changes:
        return Outcome(quantities={"change.count": 0})
    old = sum(each.old_answered for each in changes)
    counts = Outcome(
        quantities={"change.count": len(changes), "change.old_answered": old},
        notes=[_overlap(old, len(changes))] if old else [],
    )
    stages = of_stages("propagation", [each.stages for each in changes])
    return durations("propagation", [each.seconds for each in changes]) + stages + counts


def _overlap(old: int, changes: int) -> Note:
    return Note.of("old-version-answers", old=old, changes=changes)
