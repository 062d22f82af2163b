"""The protocol of background steps that are running."""

from __future__ import annotations

from typing import Protocol

from loadstone.measure.steps.outcome import Outcome


class Background(Protocol):
    """A step that lasts as long as the window, started by being made."""

    def open_window(self) -> None:
        """The window opens: what happens from now on counts."""

    def finish(self) -> Outcome:
        """End in good order, and say what came of it."""

    def stop(self) -> None:
        """End at once. Fine at any time, and more than once."""
