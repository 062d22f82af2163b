"""Waits and OOM kills of a container between two readings of its control group. Pure."""

from __future__ import annotations

from loadstone.component.in_pods.node_agent.control_group import GroupReading
from loadstone.model import Note

_NOTED = 0.001  # s; below it nothing of a window is explained


def oom_killed(before: GroupReading | None, after: GroupReading | None) -> list[Note]:
    """A reason where a process of it was ended because memory ran out, though it goes on."""
    if before is None or after is None or before.oom_kills is None or after.oom_kills is None:
        return []
    kills = after.oom_kills - before.oom_kills
    return [Note.of("oom-killed", kills=float(kills))] if kills > 0 else []


def waits(before: GroupReading | None, after: GroupReading | None) -> list[Note]:
    """Notes on what it waited for: its own quota, a core, memory, files."""
    if before is None or after is None:
        return []
    found = []
    seconds = (after.throttled or 0.0) - (before.throttled or 0.0)
    if seconds > _NOTED:
        times = (after.throttled_times or 0) - (before.throttled_times or 0)
        found.append(Note.of("throttled", seconds=seconds, times=float(times)))
    for name, until in after.pressure.items():
        waited = until - before.pressure.get(name, until)
        if waited > _NOTED:
            found.append(Note.of("pressed", what=name, seconds=waited))
    return found
