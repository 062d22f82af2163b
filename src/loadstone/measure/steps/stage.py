"""The stage of a run: the scenes of its sides, which are played in lockstep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from loadstone import formats
from loadstone.measure.steps.lockstep import Lockstep
from loadstone.measure.steps.scene import Scene, wait

T = TypeVar("T")


@dataclass(frozen=True, kw_only=True)
class Stage:
    """One scene of a solo run, or the two of a mixed pair, of one case."""

    scenes: Sequence[Scene]
    lockstep: Lockstep

    @property
    def workload(self) -> formats.Workload:
        return self.scenes[0].workload

    def each(self, do: Callable[[Scene], T]) -> list[T]:
        """Do it in every scene at once. Raises `SidesFailed`."""
        return self.lockstep.each(lambda side: do(self.scenes[side]))

    def check(self) -> None:
        """Raise `SidesFailed` for a component that has gone or refuses."""
        for side, scene in enumerate(self.scenes):
            with self.lockstep.blame(side):
                scene.check()

    def wait_until(self, moment: float) -> None:
        """Wait until a monotonic moment, watching the components. Raises what `check` raises."""
        wait(moment, self.check)
