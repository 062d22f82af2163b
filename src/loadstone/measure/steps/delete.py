"""The step `delete`: copies are removed, and each is waited for until nothing of it is left."""

from __future__ import annotations

import time
from collections.abc import Sequence

from loadstone import formats
from loadstone.measure.steps.durations import durations
from loadstone.measure.steps.long_wait import of_copies, telling
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.routes import PendingRoute, RoutePoller, not_gone
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.templates import Copy
from loadstone.model import Note

_POLL = 0.005  # s between two questions to a route that should be gone


def delete(scene: Scene, step: formats.Delete) -> Outcome:
    """Delete copies, the last ones first. Gives `delete.*`.

    Raises `StepFailed` for what is still there when the time is up.
    """
    have = scene.of(step.template)
    if not have:
        raise StepFailed(Note.of("nothing-to-delete", template=step.template))
    count = len(have) if step.count is None else min(int(step.count), len(have))
    begun = time.monotonic()
    seconds, last = remove(
        scene, have[-count:], concurrency=step.concurrency, timeout=float(step.timeout)
    )
    spent = {"delete.seconds": last - begun, "delete.count": float(count)}
    return durations("delete", seconds) + Outcome(quantities=spent)


def remove(
    scene: Scene, copies: Sequence[Copy], *, concurrency: int, timeout: float
) -> tuple[list[float], float]:
    """Remove copies and wait until they are gone; the seconds of each, and the last moment.

    Gone is: no object of its own, nor one that it led to, and where it had a route, that is 404.
    """
    gone = list(copies)[::-1]
    board = scene.board
    watched = [board.expect(scene.renderer.absent(copy)) for copy in gone] if board else []
    begun = time.monotonic()
    answered = scene.delivery.delete(gone, concurrency=concurrency)
    going = set(gone)
    template = gone[0].template
    scene.copies[template] = [copy for copy in scene.of(template) if copy not in going]
    moments = list(answered)
    if board:
        deadline = begun + timeout
        check = telling(scene, of_copies(template, watched), deadline=deadline)
        late = board.wait(watched, deadline=deadline, check=check)
        if late:
            raise StepFailed(_there(late[0].why, len(late), len(gone), timeout))
        moments = [
            max(moment, each.right_at or moment)
            for moment, each in zip(moments, watched, strict=True)
        ]
    routes = _routes(scene, gone, begun + timeout, timeout)
    moments = [max(pair) for pair in zip(moments, routes, strict=True)] if routes else moments
    seconds = [moment - sent for moment, sent in zip(moments, answered, strict=True)]
    return seconds, max(moments, default=begun)


def _routes(scene: Scene, gone: Sequence[Copy], deadline: float, timeout: float) -> list[float]:
    """The moments at which the copies' routes answered 404, in their order."""
    if scene.workload.templates[gone[0].template].check is None:
        return []
    pending = [
        PendingRoute(route=scene.renderer.route(copy), deadline=deadline, wrong=not_gone)
        for copy in gone
    ]
    with RoutePoller(scene.target, poll=_POLL) as poller:
        poller.add(pending)
        poller.wait(telling(scene, of_copies(gone[0].template, pending), deadline=deadline))
    late = [each for each in pending if each.right_at is None]
    if late:
        raise StepFailed(_there(late[0].why, len(late), len(gone), timeout))
    return [each.right_at or deadline for each in pending]


def _there(why: str, late: int, count: int, timeout: float) -> Note:
    return Note.of("not-gone", late=late, copies=count, timeout=timeout, said=why)
