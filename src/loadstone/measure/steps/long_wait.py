"""Long waits: after a while it is told what they wait for, so that nobody looks at silence."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Sequence

from loadstone.measure.expectations.board import PendingCopy
from loadstone.measure.steps.lockstep import PartnerGone
from loadstone.measure.steps.routes import PendingRoute
from loadstone.measure.steps.scene import Scene
from loadstone.model import Note

FIRST, AGAIN = 20.0, 60.0  # s of a wait until it is told of, and between two times from then on
# s that a side goes on alone for whose own time is nearly up: that it failed in the same way says
# more than that the other side had failed
_ALONE = 1.0


def telling(
    scene: Scene,
    what: Callable[[], Note],
    *,
    deadline: float = math.inf,
    first: float = FIRST,
) -> Callable[[], None]:
    """The check of a scene, for a wait that begins now and ends at a monotonic deadline.

    It tells what is waited for, as `what` says it then, once the wait is long. Raises what the
    scene's check raises, but not that the other side has gone when this one's time is nearly up.
    """
    due = time.monotonic() + first

    def check() -> None:
        nonlocal due
        now = time.monotonic()
        if now >= due:
            due = now + AGAIN
            scene.tell(what())
        try:
            scene.check()
        except PartnerGone:
            if deadline - now > _ALONE:
                raise

    return check


def of_copies(template: str, waited: Sequence[PendingCopy | PendingRoute]) -> Callable[[], Note]:
    """A note on a wait for copies of a template to be right; of one that is over, the last."""

    def note() -> Note:
        late = [each for each in waited if each.right_at is None]
        right = len(waited) - len(late)
        said = _said(late[0]) if late else ""
        return Note.of("waiting", template=template, copies=len(waited), right=right, said=said)

    return note


def _said(late: PendingCopy | PendingRoute) -> str:
    if isinstance(late, PendingRoute):
        return f"{late.route.url}: {late.why}"
    return late.why
