"""The protocol of a display: what the command line shows while a session runs."""

from __future__ import annotations

from typing import Protocol

from rich.console import Group

from loadstone.model.events import Event


class Display(Protocol):
    """A display takes in events, has lines for a log, and renders as a live picture."""

    def see(self, event: Event) -> None: ...

    def lines(self, event: Event) -> list[str]: ...

    def __rich__(self) -> Group: ...
