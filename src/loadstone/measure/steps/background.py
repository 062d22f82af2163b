"""The protocol of background steps that are running, and those that each scene has for itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Protocol, runtime_checkable

from loadstone.measure.steps.outcome import Outcome
from loadstone.measure.steps.scene import Scene
from loadstone.measure.steps.stage import Stage


class Background(Protocol):
    """A step that lasts as long as the window, in all scenes, started by being made."""

    def open_window(self) -> None:
        """The window opens: what happens from now on counts."""

    def close_window(self) -> None:
        """The window closes: what happens from now on does not count."""

    def finish(self) -> Sequence[Outcome]:
        """End in good order, and say what came of it in each scene."""

    def stop(self) -> None:
        """End at once. Fine at any time, and more than once."""


@runtime_checkable
class AnnouncedStep(Protocol):
    """A background step that may have to be told ahead when the window opens."""

    def announce(self) -> float | None:
        """The moment (`time.monotonic`) at which it opens, if that is settled by now."""


class SceneBackground(Protocol):
    """A background step of one scene."""

    def open_window(self) -> None: ...

    def close_window(self) -> None: ...

    def finish(self) -> Outcome: ...

    def stop(self) -> None: ...


class InEachScene:
    """A background step that every scene has for itself, begun and ended at the same moments."""

    def __init__(
        self, stage: Stage, step: Any, begin: Callable[[Scene, Any], SceneBackground]
    ) -> None:
        self._lockstep = stage.lockstep
        self._begun: dict[int, SceneBackground] = {}  # by side, as far as they have begun

        def one(side: int) -> None:
            self._begun[side] = begin(stage.scenes[side], step)

        try:
            self._lockstep.each(one)
        except BaseException:
            self.stop()
            raise

    def open_window(self) -> None:
        for each in self._begun.values():
            each.open_window()

    def close_window(self) -> None:
        for each in self._begun.values():
            each.close_window()

    def finish(self) -> Sequence[Outcome]:
        return self._lockstep.each(lambda side: self._begun[side].finish())

    def stop(self) -> None:
        for each in self._begun.values():
            each.stop()


def in_each_scene(
    begin: Callable[[Scene, Any], SceneBackground],
) -> Callable[[Stage, Any], Background]:
    """The beginning, on a stage, of a background step that each scene has for itself."""
    return lambda stage, step: InEachScene(stage, step, begin)
