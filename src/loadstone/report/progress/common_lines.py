"""The lines that the logs of all sessions share: what is got ready, noted and started."""

from __future__ import annotations

from loadstone.model import Reason
from loadstone.model.events import Progress, SessionPlanned, SessionStarted

READY = "getting ready …"


def opening(event: Progress | SessionPlanned | SessionStarted) -> list[str]:
    """What an event before the first run adds to the log."""
    match event:
        case Progress():
            return [event.text]
        case SessionPlanned():
            return [f"note: {reason(note)}" for note in event.notes]
        case SessionStarted():
            resumed = f", {event.done} runs are in already" if event.done else ""
            return [f"generator {event.generator}, upstream {event.upstream}{resumed}"]


def going_on(rounds: int) -> str:
    """That rounds which were asked for earlier, and interrupted, are measured first."""
    return f"going on with the {rounds} more rounds that were begun"


def reason(given: Reason) -> str:
    """A reason as a log has it, however long."""
    return given.text


def clock(seconds: float) -> str:
    """Seconds as `2:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
