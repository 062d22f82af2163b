"""The step `settle`: from its beginning to the last sign of work, once all has been quiet.

What is looked at is the API server's own account and the component's page, so looking asks the API
nothing. A cluster that counts no requests cannot tell quiet from busy, and the run says so.
"""

from __future__ import annotations

import time

from loadstone import formats
from loadstone.measure.steps.activity import Activity
from loadstone.measure.steps.long_wait import telling
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.scene import Scene, wait
from loadstone.model import Note

_LOOKS = 20  # in the time for which it has to be quiet
_SHORTEST, _LONGEST = 0.02, 0.25  # s between two of them


def settle(scene: Scene, step: formats.Settle) -> Outcome:
    """Wait until the component is quiet. Gives `settle.seconds`.

    Raises `StepFailed` where it does not become so in time, or nobody counts its requests.
    """
    begun = time.monotonic()
    last, first = begun, _activity(scene, step)
    before = first
    check = telling(scene, lambda: _waiting(scene, step, first), deadline=begun + step.timeout)
    pause = min(max(step.quiet / _LOOKS, _SHORTEST), _LONGEST)
    while True:
        if time.monotonic() - last >= step.quiet:
            if not _queued(scene, step):
                break
            last = time.monotonic()
        if time.monotonic() - begun > step.timeout + step.quiet:
            raise StepFailed(_busy(scene, step, first))
        wait(time.monotonic() + pause, check)
        now = _activity(scene, step)
        if _signs(before, now):
            last = time.monotonic()
        before = now
    return Outcome(quantities={"settle.seconds": last - begun})


def _queued(scene: Scene, step: formats.Settle) -> bool:
    """Whether something waits in a queue. It is asked at the end alone: a page costs CPU time."""
    return bool(step.queues and scene.watched.queued(step.queues))


def _activity(scene: Scene, step: formats.Settle) -> Activity:
    if scene.watched.activity is None:
        raise StepFailed(Note.of("not-counted", step=step.kind()))
    return scene.watched.activity().without(step.ignore)


def _signs(before: Activity, now: Activity) -> bool:
    return bool(now.undelivered or now.requests != before.requests or now.events != before.events)


def _waiting(scene: Scene, step: formats.Settle, first: Activity) -> Note:
    return Note.of("waiting", quiet=float(step.quiet), said=_at_work(scene, step, first))


def _busy(scene: Scene, step: formats.Settle, first: Activity) -> Note:
    said = _at_work(scene, step, first)
    return Note.of("not-quiet", quiet=float(step.quiet), timeout=float(step.timeout), said=said)


def _at_work(scene: Scene, step: formats.Settle, first: Activity) -> str:
    """What the component has done since `first`, in words."""
    now = _activity(scene, step)
    grown = {
        key: count - first.requests.get(key, 0)
        for key, count in now.requests.items()
        if count != first.requests.get(key, 0)
    }
    queued = scene.watched.queued(step.queues) if step.queues else None
    signs = [f"{count} × {key}" for key, count in grown.items()]
    signs += [f"{queued:g} in {step.queues}"] if queued else []
    signs += [f"{now.undelivered} events undelivered"] if now.undelivered else []
    return "; ".join(signs[:3]) or f"{now.asked} requests and {now.told} events so far"
