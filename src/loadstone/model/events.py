"""Events of a session, as one union: a display that forgets a kind is a type error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loadstone.model.judgement import Judgement, Look
from loadstone.model.plan import Plan, Slot
from loadstone.model.redline import Redlines
from loadstone.model.values import Note, Run


@dataclass(frozen=True, kw_only=True)
class Progress:
    """A line of progress before the first run: cloning, building, installing."""

    text: str


@dataclass(frozen=True, kw_only=True)
class SessionPlanned:
    """The plan is made, and nothing is started yet."""

    plan: Plan
    notes: Sequence[Note] = ()


@dataclass(frozen=True, kw_only=True)
class SessionStarted:
    """The upstream, if there is one, and the generator are up; the first run comes next."""

    generator: str  # name and version
    upstream: str  # version, "" where none is needed
    done: int  # runs of an earlier session that this one goes on with


@dataclass(frozen=True, kw_only=True)
class RunStarted:
    """A run begins."""

    slot: Slot
    estimate: float  # s it is expected to take


@dataclass(frozen=True, kw_only=True)
class LongWait:
    """A run waits for something, and has done so for long. Told from a thread of that run."""

    slot: Slot
    note: Note  # what it waits for


@dataclass(frozen=True, kw_only=True)
class RunFinished:
    """A run has ended and is on disk."""

    slot: Slot
    run: Run


@dataclass(frozen=True, kw_only=True)
class LookTaken:
    """The judge has looked at the rounds that are in, and decided what goes on."""

    look: Look
    judgement: Judgement
    target: int = 0  # rounds at the next look, or those that are in
    reason: Note | None = None


@dataclass(frozen=True, kw_only=True)
class SearchProgress:
    """The redlines of a search as far as they are known after a round."""

    plan: Plan
    round: int
    redlines: Redlines


Event = (
    Progress
    | SessionPlanned
    | SessionStarted
    | RunStarted
    | LongWait
    | RunFinished
    | LookTaken
    | SearchProgress
)
Watch = Callable[[Event], None]


def silent(_event: Event) -> None:
    """Ignore every event: the watch of a session that nobody watches."""


def progress(watch: Watch) -> Callable[[str], None]:
    """A function that reports lines of text as events."""
    return lambda text: watch(Progress(text=text))
