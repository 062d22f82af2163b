"""Idle connections that pods hold, shared out like a load, and led by the same words."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path

import msgspec

from loadstone.measure.load.hold import PATIENCE, HoldPlan, HoldResult, hold
from loadstone.measure.load.pod_link import PodLink, StartPods


class PodHolder:
    """The connections that one pod holds, as its program sees them."""

    def __init__(self, plan: HoldPlan, folder: Path) -> None:
        """Return when each has been opened or refused. Raises `MeasurementFailed`."""
        self._running = hold(plan, folder)

    def finish(self, moment: float) -> HoldResult:
        """Count what is open, then close everything; they are held until then, not to a moment."""
        del moment
        return self._running.finish()

    def stop(self) -> None:
        """Close everything at once. Fine at any time, and more than once."""
        self._running.stop()


class RunningPodHold:
    """The connections that several pods hold, seen from the process that measures."""

    def __init__(self, plan: HoldPlan, pods: int, start: StartPods, workdir: Path) -> None:
        parts = dealt(plan, pods)
        self._links: list[PodLink] = []
        self._stack = ExitStack()
        try:
            for pod in self._stack.enter_context(start(len(parts), 1, workdir, "hold")):
                self._links.append(PodLink(pod))
                self._stack.callback(self._links[-1].close)
            for link, part in zip(self._links, parts, strict=True):
                link.send(b"hold " + msgspec.json.encode(part))
            for link, part in zip(self._links, parts, strict=True):
                link.answer(part.connections / part.rate * 2 + 2 * PATIENCE)
        except BaseException:
            self.stop()
            raise

    def finish(self) -> HoldResult:
        """Count what is open in all of them, then close everything."""
        for link in self._links:
            link.send(b"finish 0")
        found = [
            msgspec.json.decode(link.answer(2 * PATIENCE), type=HoldResult) for link in self._links
        ]
        self.stop()
        return joined(found)

    def stop(self) -> None:
        """Let them go at once. Fine at any time, and more than once."""
        self._stack.close()


def dealt(plan: HoldPlan, pods: int) -> Sequence[HoldPlan]:
    """The plan of each of at most so many pods, opened at the rate of the whole. Pure."""
    count = max(min(pods, plan.connections), 1)
    return [
        replace(plan, connections=(plan.connections + number) // count, rate=plan.rate / count)
        for number in range(count)
    ]


def joined(found: Sequence[HoldResult]) -> HoldResult:
    """The result of all pods together. Pure."""
    return HoldResult(
        asked=sum(each.asked for each in found),
        open=sum(each.open for each in found),
        lost=sum(each.lost for each in found),
        refused=sum(each.refused for each in found),
        cpu=sum(each.cpu for each in found),
        example=next((each.example for each in found if each.example), ""),
    )
