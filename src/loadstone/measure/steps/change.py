"""The step `change`: one copy at a time, and how long each change takes to be answered right.

A change lasts from when it begins to be sent until the first right answer of the new version: what
a user who applies a manifest waits for, never negative, with the API server's own latency in it on
both sides alike. The new version is asked at fixed times on a connection of its own, so a slow
answer does not widen the grid; if it answers before the change, the run is invalid.
"""

from __future__ import annotations

import random
import time
from contextlib import closing
from dataclasses import dataclass

import numpy as np

from loadstone import formats
from loadstone.measure.http.caller import Caller
from loadstone.measure.load.histogram import Counts
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.routes import PendingRoute, wrong
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.templates import Copy
from loadstone.model import Note

_QUANTILES = {"p50": 0.5, "p90": 0.9, "p99": 0.99, "max": 1.0}


@dataclass(frozen=True, kw_only=True)
class ChangeEffect:
    """One change that took effect."""

    seconds: float  # from sending the change to having the first right answer
    old_answered: bool  # the old version still answered at that moment


def change(scene: Scene, step: formats.Change) -> Outcome:
    """Change copies in an order that the seed fixes. Gives `propagation.*` (s) and `change.*`.

    Raises `StepFailed` for a change that has no effect in time, or that cannot be seen because the
    new version answers before the change.
    """
    copies = scene.of(step.template)
    if not copies:
        raise StepFailed(Note.of("nothing-to-change", template=step.template))
    order = list(range(len(copies)))
    random.Random(scene.seed).shuffle(order)
    done = []
    with closing(Caller(scene.target)) as caller:
        for turn in range(int(step.times)):
            place = order[turn % len(order)]
            done.append(_one(scene, step, caller, copies, place))
            scene.wait_until(time.monotonic() + step.pause)
    return summarise(done)


def summarise(changes: list[ChangeEffect]) -> Outcome:
    """Percentiles are values that occurred (inverse of the empirical distribution)."""
    if not changes:
        return Outcome(quantities={"change.count": 0})
    seconds = [each.seconds for each in changes]
    found = np.quantile(seconds, list(_QUANTILES.values()), method="inverted_cdf")
    old = sum(each.old_answered for each in changes)
    counts = Counts()
    for each in seconds:
        counts.add(each)
    return Outcome(
        quantities={
            **{
                f"propagation.{name}": float(at) for name, at in zip(_QUANTILES, found, strict=True)
            },
            "change.count": len(changes),
            "change.old_answered": old,
        },
        histograms={"propagation": counts.encode()},
        notes=[_overlap(old, len(changes))] if old else [],
    )


def _overlap(old: int, changes: int) -> Note:
    return Note.of("old-version-answers", old=old, changes=changes)


def _one(
    scene: Scene, step: formats.Change, caller: Caller, copies: list[Copy], place: int
) -> ChangeEffect:
    before, after = copies[place], copies[place].changed()
    old, new = scene.renderer.route(before), scene.renderer.route(after)
    if not wrong(new, caller.ask(new)):
        raise StepFailed(Note.of("change-not-visible", url=new.url))
    begun = time.monotonic()
    scene.delivery.change(before, after)
    wanted = PendingRoute(route=new, deadline=begun + step.timeout)
    _poll(scene, step, caller, wanted)
    copies[place] = after
    if wanted.right_at is None:
        raise StepFailed(
            Note.of("wrong-answers", timeout=float(step.timeout), url=new.url, said=wanted.why)
        )
    visible = old != new and not wrong(old, caller.ask(old))
    return ChangeEffect(seconds=wanted.right_at - begun, old_answered=visible)


def _poll(scene: Scene, step: formats.Change, caller: Caller, wanted: PendingRoute) -> None:
    """Ask at fixed times, `poll` apart, so that a slow answer does not widen the grid."""
    due = time.monotonic()
    while not wanted.over:
        wanted.why = wrong(wanted.route, caller.ask(wanted.route))
        if not wanted.why:
            wanted.right_at = time.monotonic()
            return
        scene.check()
        due = max(due + float(step.poll), time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))
