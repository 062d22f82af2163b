"""Events of a session, for whoever watches it."""

from __future__ import annotations

from dataclasses import dataclass

from loadstone.model import Run, Slot


@dataclass(frozen=True, kw_only=True)
class SessionStarted:
    """The upstream and the generator are up; the first run comes next. `done`: resumed runs."""

    generator: str  # name and version
    upstream: str  # version
    done: int


@dataclass(frozen=True, kw_only=True)
class RunStarted:
    """A run begins. `estimate`: seconds it is expected to take; `step`: n of how many are due."""

    slot: Slot
    estimate: float


@dataclass(frozen=True, kw_only=True)
class RunFinished:
    """A run has ended and is on disk; `run` says how long it took and what it gave."""

    slot: Slot
    run: Run


Event = SessionStarted | RunStarted | RunFinished
