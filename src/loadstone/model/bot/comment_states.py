"""States of the comment: what is the case for each component, of which the report makes words.

Durations are seconds unless a name says minutes.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.model.bisect import BisectFinding
from loadstone.model.gate import Conclusion
from loadstone.model.values import Note

BISECTION = "/bisect"  # ends the name of a section that is of a component's bisection


@dataclass(frozen=True, kw_only=True)
class QueuedState:
    """A measuring waits for its runner. `ahead`: runs before it; `wait`: seconds foretold."""

    sha: str
    runner: str = ""  # label
    ahead: int = 0
    wait: float | None = None


@dataclass(frozen=True, kw_only=True)
class RunningState:
    """A measuring is under way; `clear`: what is already certain, as (case, metric, verdict).

    `since`: when it was seen to have started, RFC 3339, as of which is `seconds_left`; "" where
    what is said is of this moment.
    """

    sha: str
    case: str = ""
    round: int = 0
    rounds: int = 0  # at the most
    seconds_left: float | None = None
    clear: Sequence[tuple[str, str, str]] = ()
    since: str = ""


@dataclass(frozen=True, kw_only=True)
class VerdictState:
    """A measuring was judged.

    `alarm`: the gate did not pass; `changed`: some row is flagged, be it better or worse.
    `commanded`: a command asked for something else than the configuration does, so that it says
    nothing about whether the commit passes.
    """

    sha: str
    conclusion: Conclusion
    alarm: bool
    changed: bool = False
    minutes: float = 0.0  # it cost
    eased: bool = False  # an earlier alarm of this pull request is gone with it
    commanded: bool = False


@dataclass(frozen=True, kw_only=True)
class SkippedState:
    """Nothing was measured, for a reason (codes: `model.bot.codes`)."""

    sha: str
    reason: Note


@dataclass(frozen=True, kw_only=True)
class FailedState:
    """A measuring broke, was refused as untrustworthy, or ended without a result."""

    sha: str
    reason: Note
    minutes: float = 0.0


@dataclass(frozen=True, kw_only=True)
class CancelledState:
    """A measuring was stopped; `by`: who asked for it, "" where the platform did."""

    sha: str
    by: str = ""
    minutes: float = 0.0


@dataclass(frozen=True, kw_only=True)
class BisectedState:
    """A range of commits was searched for the first that is surely slower; it passes no commit."""

    sha: str
    found: BisectFinding
    minutes: float = 0.0


# Nothing more comes of one of these.
FinalState = VerdictState | FailedState | CancelledState | SkippedState | BisectedState


@dataclass(frozen=True, kw_only=True)
class OutdatedState:
    """The head moved to `newer` since `said`, which is still shown and is of an older commit."""

    sha: str
    newer: str
    said: FinalState | None = None


@dataclass(frozen=True, kw_only=True)
class SupersededState:
    """A newer run measures the same commit again; what was `said` stands until it has ended."""

    sha: str
    run: int
    said: FinalState | None = None


SectionState = (
    QueuedState
    | RunningState
    | VerdictState
    | BisectedState
    | SkippedState
    | FailedState
    | CancelledState
    | OutdatedState
    | SupersededState
)


@dataclass(frozen=True, kw_only=True)
class CommentSection:
    """The part of the comment that is of one component, or of a bisection of it.

    `run`, `attempt`: of the workflow run whose news this is; `alarmed`: an alarm was shown on this
    pull request, and no later result has eased it.
    """

    component: str
    state: SectionState
    run: int = 0
    attempt: int = 1
    alarmed: bool = False


@dataclass(frozen=True, kw_only=True)
class CommentState:
    """The whole comment of a pull request: a section for each component.

    `notes`: what is to be said of all of it, as that the configuration of the base was used.
    """

    number: int
    sections: Sequence[CommentSection]
    notes: Sequence[Note] = ()
