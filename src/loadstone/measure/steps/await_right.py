"""The step `await`: from the first create to the moment every copy was right."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from loadstone import formats
from loadstone.measure.expectations.board import PendingCopy
from loadstone.measure.steps.durations import durations, of_stages, since
from loadstone.measure.steps.long_wait import of_copies, telling
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.routes import PendingRoute, RoutePoller
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.templates import Copy
from loadstone.model import Note

_EXAMPLES = 3  # routes or copies that a message names


def wait_until_right(scene: Scene, step: formats.Await) -> Outcome:
    """Wait until every copy was right. Gives `await.seconds`, from the first create.

    Of copies that have expectations, also `reconcile.*`: from the answer to our request to when the
    copy was right; of those that were there before the component started, `cold_start.*` instead,
    from that start. Raises `StepFailed` with what was there instead.
    """
    copies, begun = scene.of(step.template), time.monotonic()
    waiting = _Wait(
        template=step.template,
        copies=copies,
        timeout=float(step.timeout),
        deadline=begun + float(step.timeout),
        poll=float(step.poll),
    )
    waited, routes = _objects(scene, waiting), _routes(scene, waiting)
    created = begun if scene.created_at is None else scene.created_at
    scene.created_at = None
    every: list[PendingCopy | PendingRoute] = [*waited, *routes]
    moments = [each.right_at or begun for each in every]
    last = max(moments, default=begun)
    found = Outcome(quantities={"await.seconds": max(0.0, last - created)}) + reconciled(waited)
    if step.template in scene.cold and scene.started_at is not None:
        scene.cold.remove(step.template)
        found += _cold(every, scene.started_at)
    return found


def reconciled(copies: Sequence[PendingCopy]) -> Outcome:
    """`reconcile.*` of copies that are right and were asked for by us while the component ran."""
    asked = [(each, each.since) for each in copies if each.since is not None]
    totals = [max(0.0, (each.right_at or moment) - moment) for each, moment in asked]
    stages = [since(each, moment) for each, moment in asked]
    return durations("reconcile", totals) + of_stages("reconcile", stages)


def _cold(waited: Sequence[PendingCopy | PendingRoute], start: float) -> Outcome:
    seconds = [max(0.0, (each.right_at or start) - start) for each in waited]
    copies = [each for each in waited if isinstance(each, PendingCopy)]
    return (
        durations("cold_start", seconds)
        + of_stages("cold_start", [since(each, start) for each in copies])
        + Outcome(quantities={"cold_start.seconds": max(seconds, default=0.0)})
    )


def right_again(scene: Scene, template: str, *, timeout: float, poll: float) -> float:
    """Wait until every copy of a template is right; the monotonic moment at which the last one was.

    Raises `StepFailed` with what was there instead.
    """
    begun = time.monotonic()
    waiting = _Wait(
        template=template,
        copies=scene.of(template),
        timeout=timeout,
        deadline=begun + timeout,
        poll=poll,
    )
    every: list[PendingCopy | PendingRoute] = [*_objects(scene, waiting), *_routes(scene, waiting)]
    return max((each.right_at or begun for each in every), default=begun)


@dataclass(frozen=True, kw_only=True)
class _Wait:
    """A wait: the copies that have to become right, and how long they have."""

    template: str
    copies: Sequence[Copy]
    timeout: float  # s
    deadline: float  # monotonic, s
    poll: float  # s, of routes


def _objects(scene: Scene, wanted: _Wait) -> list[PendingCopy]:
    """The copies, once their expectations hold; none where the template has none."""
    if scene.board is None or not scene.workload.templates[wanted.template].right:
        return []
    scene.expect([copy for copy in wanted.copies if copy not in scene.pending])
    waited = [scene.pending.pop(copy) for copy in wanted.copies]
    check = telling(scene, of_copies(wanted.template, waited), deadline=wanted.deadline)
    late = scene.board.wait(waited, deadline=wanted.deadline, check=check)
    if late:
        raise StepFailed(not_right(late, len(waited), wanted.timeout))
    return waited


def not_right(late: Sequence[PendingCopy], count: int, timeout: float) -> Note:
    """The reason of copies that were not right in time."""
    said = "; ".join(each.why for each in late[:_EXAMPLES])
    return Note.of("not-right", late=len(late), copies=count, timeout=timeout, said=said)


def _routes(scene: Scene, wanted: _Wait) -> list[PendingRoute]:
    """The routes of the copies, once they answer right; none where the template has no check."""
    if scene.workload.templates[wanted.template].check is None:
        return []
    with RoutePoller(scene.target, poll=wanted.poll) as poller:
        waited = [
            PendingRoute(route=scene.renderer.route(copy), deadline=wanted.deadline)
            for copy in wanted.copies
        ]
        poller.add(waited)
        check = telling(scene, of_copies(wanted.template, waited), deadline=wanted.deadline)
        poller.wait(check)
    late = [each for each in poller.over if each.right_at is None]
    if late:
        raise StepFailed(_late(late, len(waited), wanted.timeout))
    return poller.over


def _late(late: Sequence[PendingRoute], count: int, timeout: float) -> Note:
    shown = "; ".join(f"{each.route.url}: {each.why}" for each in late[:_EXAMPLES])
    return Note.of("wrong-answers", late=len(late), routes=count, timeout=timeout, said=shown)
