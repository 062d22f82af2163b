"""Transitions of copies: one version becomes another, and how long until that is right.

A transition lasts from when its change begins to be sent until the copy is right by it: what a user
who applies a manifest waits for, never negative, with the API server's own latency in it on both
sides alike. What holds already before the change cannot tell it, and the run is invalid.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from typing import Any

from loadstone.measure.expectations.board import PendingCopy
from loadstone.measure.http.caller import Caller
from loadstone.measure.http.route import Route
from loadstone.measure.steps.durations import since
from loadstone.measure.steps.long_wait import of_copies, telling
from loadstone.measure.steps.outcome import StepFailed
from loadstone.measure.steps.routes import PendingRoute, wrong
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.templates import Copy
from loadstone.model import Note


@dataclass(frozen=True, kw_only=True)
class ChangeEffect:
    """One change that took effect."""

    seconds: float  # from sending the change to being right
    old_answered: bool = False  # the old version's route still answered at that moment
    stages: Mapping[str, float] = field(default_factory=dict)  # s, by expectation


def transition(
    scene: Scene, before: Copy, after: Copy, caller: Caller | None, *, timeout: float, poll: float
) -> ChangeEffect:
    """Turn a copy into another version, and wait until it is right.

    `caller` asks its route; None where its template has none. Raises `StepFailed` for one that is
    not right in time, or that was right before the change.
    """
    watched = _watched(scene, before, after)
    new = scene.renderer.route(after) if caller else None
    _require_wrong(before, watched, new, caller)
    begun = time.monotonic()
    scene.delivery.change(before, after)
    right_at = _wait(scene, after.template, watched, begun, timeout) if watched else begun
    old_answered = False
    if caller and new:
        wanted = PendingRoute(route=new, deadline=begun + timeout)
        check = telling(scene, of_copies(after.template, [wanted]), deadline=wanted.deadline)
        right_at = _poll(check, poll, caller, wanted, timeout)
        old = scene.renderer.route(before)
        old_answered = old != new and not wrong(old, caller.ask(old))
    stages = since(watched, begun) if watched else {}
    return ChangeEffect(seconds=right_at - begun, old_answered=old_answered, stages=stages)


@contextmanager
def calling(scene: Scene, template: str) -> Iterator[Caller | None]:
    """A caller of the routes of a template; None where it has none."""
    if scene.workload.templates[template].check is None:
        yield None
        return
    with closing(Caller(scene.target)) as caller:
        yield caller


def _require_wrong(
    before: Copy, watched: PendingCopy | None, new: Route | None, caller: Caller | None
) -> None:
    """Raise `StepFailed` where everything is right by the new version before the change."""
    if watched is not None and watched.right_at is None:
        return
    if new is not None and caller is not None and wrong(new, caller.ask(new)):
        return
    what = f"{before.template} {before.i}" if new is None else new.url
    raise StepFailed(Note.of("change-not-visible", url=what))


def rolling(
    scene: Scene,
    copies: Sequence[Copy],
    change: Callable[[Copy], Copy],
    *,
    concurrency: int,
    timeout: float,
    poll: float,
) -> list[ChangeEffect]:
    """Change copies, `concurrency` at a time, each until it is right; the effects in their order.

    The scene has the changed copies from then on. Raises what `transition` raises.
    """

    def one(before: Copy) -> ChangeEffect:
        after = change(before)
        with calling(scene, before.template) as caller:
            effect = transition(scene, before, after, caller, timeout=timeout, poll=poll)
        have = scene.of(before.template)
        have[have.index(before)] = after
        return effect

    with ThreadPoolExecutor(max_workers=concurrency, thread_name_prefix="rolling") as pool:
        begun = [pool.submit(one, before) for before in list(copies)]
        try:
            return [each.result() for each in begun]
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _watched(scene: Scene, before: Copy, after: Copy) -> PendingCopy | None:
    """The copy on the board, from before its change; None where objects tell nothing of it."""
    expected = scene.renderer.expected(after)
    if scene.board is None or not expected:
        return None
    floors: dict[str, int] = {}
    was, now = scene.renderer.objects(before), scene.renderer.objects(after)
    changed = {
        (new["apiVersion"], new["kind"], new["metadata"]["name"])
        for old, new in zip(was, now, strict=True)
        if _spec(old) != _spec(new)
    }
    for each in expected:
        own = each.own and (*each.kind, each.object) in changed
        generation = scene.board.generation(each) if own else 0
        if generation:  # of a kind that counts none, nothing tells the change but its own fields
            floors[each.name] = generation + 1
    return scene.board.expect(expected, floors=floors)


def _spec(thing: Mapping[str, Any]) -> dict[str, Any]:
    """An object without what moves no generation."""
    return {key: value for key, value in thing.items() if key not in ("metadata", "status")}


def _wait(scene: Scene, template: str, watched: PendingCopy, begun: float, timeout: float) -> float:
    """Wait until the expectations of a copy hold; the moment at which they did."""
    board, deadline = scene.board, begun + timeout
    check = telling(scene, of_copies(template, [watched]), deadline=deadline)
    if board is None or board.wait([watched], deadline=deadline, check=check):
        raise StepFailed(Note.of("not-right", timeout=timeout, said=watched.why))
    return watched.right_at or begun


def _poll(
    check: Callable[[], None], poll: float, caller: Caller, wanted: PendingRoute, timeout: float
) -> float:
    """Ask at fixed times, `poll` apart, so that a slow answer does not widen the grid.

    The moment of the right answer.
    """
    due = time.monotonic()
    while not wanted.over:
        wanted.why = wrong(wanted.route, caller.ask(wanted.route))
        if not wanted.why:
            return time.monotonic()
        check()
        due = max(due + poll, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))
    raise StepFailed(
        Note.of("wrong-answers", timeout=timeout, url=wanted.route.url, said=wanted.why)
    )
