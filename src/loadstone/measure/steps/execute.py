"""Executes a bound workload: the set-up, then the steps of the measured window."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from typing import Any, Protocol

from loadstone import formats
from loadstone.measure.steps.background import BackgroundHold, BackgroundLoad
from loadstone.measure.steps.change import change
from loadstone.measure.steps.churn import ChurnThread
from loadstone.measure.steps.outcome import Outcome, StepFailed
from loadstone.measure.steps.routes import PendingRoute, Pursuer
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.templates import Copy

_EXAMPLES = 3


class Background(Protocol):
    """A step that lasts as long as the window, started by being made."""

    def open_window(self) -> None:
        """What happens from now on counts."""

    def finish(self) -> Outcome:
        """End in good order, and say what came of it."""

    def stop(self) -> None:
        """End at once. Fine at any time, and more than once."""


class WindowObserver(Protocol):
    """What looks on while the window is open: the probes."""

    def open(self) -> None: ...

    def close(self) -> None: ...


def create(scene: Scene, step: formats.Create) -> Outcome:
    """Make `count` more copies of a template, some requests at a time."""
    have = scene.of(step.template)
    new = [Copy(template=step.template, i=i) for i in range(len(have), len(have) + int(step.count))]
    if scene.created_at is None:
        scene.created_at = time.monotonic()
    scene.delivery.create(new, concurrency=step.concurrency)
    have.extend(new)
    return Outcome()


def wait_for_routes(scene: Scene, step: formats.Await) -> Outcome:
    """Until every copy has answered right. Gives `await.seconds`, from the first create.

    Raises `StepFailed` with what the routes answered instead.
    """
    copies = scene.of(step.template)
    now = time.monotonic()
    since = now if scene.created_at is None else scene.created_at
    deadline = now + float(step.timeout)
    with Pursuer(scene.target, poll=float(step.poll)) as pursuer:
        pursuer.add(
            [PendingRoute(route=scene.renderer.route(copy), deadline=deadline) for copy in copies]
        )
        pursuer.wait(scene.check)
    late = [wanted for wanted in pursuer.over if wanted.right_at is None]
    if late:
        raise StepFailed("wrong-answers", _late(late, len(copies), float(step.timeout)))
    scene.created_at = None
    last = max((wanted.right_at or now for wanted in pursuer.over), default=now)
    return Outcome(quantities={"await.seconds": last - since})


def _late(late: Sequence[PendingRoute], count: int, timeout: float) -> str:
    shown = "; ".join(f"{each.route.url}: {each.why}" for each in late[:_EXAMPLES])
    return f"{len(late)} of {count} routes did not answer right within {timeout:g} s: {shown}"


FOREGROUND: Mapping[type, Callable[[Scene, Any], Outcome]] = {
    formats.Create: create,
    formats.Await: wait_for_routes,
    formats.Change: change,
}
BACKGROUND: Mapping[type, Callable[[Scene, Any], Background]] = {
    formats.Load: BackgroundLoad,
    formats.Hold: BackgroundHold,
    formats.Churn: ChurnThread,
}


def execute(scene: Scene, looking: WindowObserver) -> Outcome:
    """Do the steps of a workload, with `looking` open from the end of the warm-up to the end.

    Background steps start in the order of the file and last for warm-up plus window; the others
    are done one after another once the window is open, which then lasts until they are done.
    Raises `StepFailed` for a step that cannot be done.
    """
    with ExitStack() as stack:
        outcome, holding = _set_up(scene, stack)
        background = [*holding, *_start(scene, scene.workload.measured, stack)]
        if background:
            scene.wait_until(time.monotonic() + scene.warmup)
        for each in background:
            each.open_window()
        looking.open()
        opened = time.monotonic()
        outcome += _foreground(scene, scene.workload.measured)
        if background:
            scene.wait_until(opened + scene.window)
        seconds = time.monotonic() - opened
        looking.close()
        for each in background:
            outcome += each.finish()
    scene.check()
    return outcome + Outcome(quantities={"window.seconds": seconds})


def _set_up(scene: Scene, stack: ExitStack) -> tuple[Outcome, list[Background]]:
    outcome = _foreground(scene, scene.workload.setup)
    return outcome, _start(scene, scene.workload.setup, stack)


def _foreground(scene: Scene, steps: Sequence[formats.Step]) -> Outcome:
    outcome = Outcome()
    for step in steps:
        if type(step) in FOREGROUND:
            outcome += FOREGROUND[type(step)](scene, step)
    return outcome


def _start(scene: Scene, steps: Sequence[formats.Step], stack: ExitStack) -> list[Background]:
    started = []
    for step in steps:
        if type(step) in BACKGROUND:
            each = BACKGROUND[type(step)](scene, step)
            stack.callback(each.stop)
            started.append(each)
    return started
