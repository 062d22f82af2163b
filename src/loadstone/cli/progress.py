"""The terminal edge of progress: lines and a live picture on standard error.

So `loadstone run > report.txt` keeps the report alone. In a terminal the last lines are a live
picture of where the session stands; elsewhere (a CI log) every run is a line.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.live import Live

from loadstone.model.events import Event, Watch
from loadstone.report.progress.display import Display
from loadstone.report.progress.session import SessionDisplay


@contextmanager
def progress(
    *, quiet: bool = False, console: Console | None = None, display: Display | None = None
) -> Iterator[Watch]:
    """A watch for a flow, shown on standard error. `quiet` shows nothing."""
    console = console or Console(stderr=True, highlight=False)
    display = display or SessionDisplay()
    if quiet:
        yield lambda _event: None
    elif console.is_terminal:
        with Live(display, console=console, refresh_per_second=4, transient=True) as live:
            yield lambda event: _show(display, event, live.console)
    else:
        yield lambda event: _show(display, event, console)


def _show(display: Display, event: Event, console: Console) -> None:
    display.see(event)
    for line in display.lines(event):
        console.print(line, markup=False, soft_wrap=True)
