"""Events of a session, for whoever watches it; one that a display forgets is a type error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loadstone.model.judgement import Judgement, Look
from loadstone.model.plan import Plan, Slot
from loadstone.model.redline import Redlines
from loadstone.model.values import Note, Run


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A line on what is being done: cloning, building, installing."""

    text: str


@dataclass(frozen=True, kw_only=True)
class SessionPlanned:
    """What will be measured is decided. `notes`: what was left out, and why."""

    plan: Plan
    notes: Sequence[Note] = ()


@dataclass(frozen=True, kw_only=True)
class SessionStarted:
    """The upstream and the generator are up; the first run comes next. `done`: resumed runs."""

    generator: str  # name and version
    upstream: str  # version
    done: int


@dataclass(frozen=True, kw_only=True)
class RunStarted:
    """A run begins. `estimate`: seconds it is expected to take."""

    slot: Slot
    estimate: float


@dataclass(frozen=True, kw_only=True)
class RunFinished:
    """A run has ended and is on disk; `run` says how long it took and what it gave."""

    slot: Slot
    run: Run


@dataclass(frozen=True, kw_only=True)
class LookTaken:
    """The judge has looked, and says what it goes on with.

    `target`: rounds at the next look, or those that are in. `reason`: why every run has failed.
    """

    look: Look
    judgement: Judgement
    target: int = 0
    reason: Note | None = None


@dataclass(frozen=True, kw_only=True)
class SearchProgress:
    """Where a search for redlines stands after another round."""

    plan: Plan
    round: int
    redlines: Redlines


Event = (
    Progress
    | SessionPlanned
    | SessionStarted
    | RunStarted
    | RunFinished
    | LookTaken
    | SearchProgress
)
Watch = Callable[[Event], None]


def silent(_event: Event) -> None:
    """Watch nothing."""


def progress(watch: Watch) -> Callable[[str], None]:
    """Lines of progress as events."""
    return lambda text: watch(Progress(text=text))
