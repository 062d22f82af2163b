"""The step `scale`: copies at another scale, or another number of copies."""

from __future__ import annotations

import time

from loadstone import formats
from loadstone.measure.steps.await_right import wait_until_right
from loadstone.measure.steps.create import create
from loadstone.measure.steps.delete import remove
from loadstone.measure.steps.durations import durations
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.transitions import rolling
from loadstone.measure.steps.upgrade import of_effects
from loadstone.model import Note


def scale(scene: Scene, step: formats.Scale) -> Outcome:
    """Scale copies until each is right again. Gives `scale.*`. Raises `StepFailed`."""
    copies = scene.of(step.template)
    if not copies:
        raise StepFailed(Note.of("nothing-to-change", template=step.template))
    scene.meet()
    if step.to is None:
        return _number(scene, step, int(step.count or 0) - len(copies), at=copies[-1].scale)
    to, begun = int(step.to), time.monotonic()
    effects = rolling(
        scene,
        [copy for copy in copies if copy.scale != to],
        lambda copy: copy.scaled(to),
        concurrency=step.concurrency,
        timeout=float(step.timeout),
        poll=float(step.poll),
    )
    return of_effects("scale", effects, time.monotonic() - begun)


def _number(scene: Scene, step: formats.Scale, more: int, *, at: int) -> Outcome:
    """So many copies more, at that scale, or fewer."""
    begun = time.monotonic()
    if more < 0:
        seconds, last = remove(
            scene,
            scene.of(step.template)[more:],
            concurrency=step.concurrency,
            timeout=float(step.timeout),
        )
        found = durations("scale", seconds)
    else:
        made = formats.Create(
            template=step.template, count=more, scale=at, concurrency=step.concurrency
        )
        create(scene, made)
        waited = formats.Await(template=step.template, timeout=step.timeout, poll=step.poll)
        found = renamed(wait_until_right(scene, waited), "reconcile", "scale")
        last = time.monotonic()
    counts = {"scale.seconds": last - begun, "scale.count": float(abs(more))}
    return found + Outcome(quantities=counts)


def renamed(outcome: Outcome, old: str, new: str) -> Outcome:
    """An outcome with what it has by one name, by another; the rest left out."""
    begin = f"{old}."
    return Outcome(
        quantities={
            new + name.removeprefix(old): value
            for name, value in outcome.quantities.items()
            if name.startswith(begin)
        },
        histograms={
            new + name.removeprefix(old): value
            for name, value in outcome.histograms.items()
            if name == old or name.startswith(begin)
        },
    )
