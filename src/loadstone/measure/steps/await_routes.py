"""The step `await`: from the first create to the moment every copy has answered right."""

from __future__ import annotations

import time
from collections.abc import Sequence

from loadstone import formats
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.routes import PendingRoute, RoutePoller
from loadstone.measure.steps.scene import Scene
from loadstone.model import Note

_EXAMPLES = 3  # routes that a message names


def wait_for_routes(scene: Scene, step: formats.Await) -> Outcome:
    """Wait until every copy has answered right. Gives `await.seconds`, from the first create.

    Raises `StepFailed` with what the routes answered instead.
    """
    copies = scene.of(step.template)
    now = time.monotonic()
    since = now if scene.created_at is None else scene.created_at
    deadline = now + float(step.timeout)
    with RoutePoller(scene.target, poll=float(step.poll)) as poller:
        poller.add(
            [PendingRoute(route=scene.renderer.route(copy), deadline=deadline) for copy in copies]
        )
        poller.wait(scene.check)
    late = [wanted for wanted in poller.over if wanted.right_at is None]
    if late:
        raise StepFailed(_late(late, len(copies), float(step.timeout)))
    scene.created_at = None
    last = max((wanted.right_at or now for wanted in poller.over), default=now)
    return Outcome(quantities={"await.seconds": last - since})


def _late(late: Sequence[PendingRoute], count: int, timeout: float) -> Note:
    shown = "; ".join(f"{each.route.url}: {each.why}" for each in late[:_EXAMPLES])
    return Note.of("wrong-answers", late=len(late), routes=count, timeout=timeout, said=shown)
