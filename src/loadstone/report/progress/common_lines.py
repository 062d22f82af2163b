"""The lines that the logs of all sessions share: what is got ready, noted and started."""

from __future__ import annotations

from loadstone.model.events import LongWait, Progress, SessionPlanned, SessionStarted
from loadstone.report.common.sentences import in_full

READY = "getting ready …"


def opening(event: Progress | SessionPlanned | SessionStarted) -> list[str]:
    """What an event before the first run adds to the log."""
    match event:
        case Progress():
            return [event.text]
        case SessionPlanned():
            return [f"note: {in_full(note)}" for note in event.notes]
        case SessionStarted():
            resumed = f", {event.done} runs are in already" if event.done else ""
            upstream = f", upstream {event.upstream}" if event.upstream else ""
            return [f"generator {event.generator}{upstream}{resumed}"]


def waiting(event: LongWait) -> str:
    """What a run waits for, and has waited for for long."""
    return f"{event.slot.case}  {event.slot.side}: {in_full(event.note)}"


def going_on(rounds: int) -> str:
    """That rounds which were asked for earlier, and interrupted, are measured first."""
    return f"going on with the {rounds} more rounds that were begun"


def moved(earlier: str) -> str:
    """That a finished run made room, and where it is."""
    return f"the run that was here is now in {earlier}"


def clock(seconds: float) -> str:
    """Seconds as `2:05`."""
    return f"{int(seconds) // 60}:{int(seconds) % 60:02}"
