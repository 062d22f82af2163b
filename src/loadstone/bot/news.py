"""News of a measuring, as one union: what becomes of the comment is decided on it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.model import Conclusion, Note
from loadstone.model.bisect import BisectFinding


@dataclass(frozen=True, kw_only=True)
class MeasuringRun:
    """The measuring that there is news of: a component of a commit, by a workflow run."""

    component: str  # its short name
    sha: str
    run: int
    attempt: int = 1


@dataclass(frozen=True, kw_only=True)
class QueueNews:
    """A measuring waits; `ahead`: runs before it, `wait`: seconds foretold."""

    runner: str = ""
    ahead: int = 0
    wait: float | None = None


@dataclass(frozen=True, kw_only=True)
class ProgressNews:
    """A measuring has started, or got further; `clear`: what is certain already.

    `since`: when it was seen to have started, RFC 3339; `seconds_left` is as of then.
    """

    case: str = ""
    round: int = 0
    rounds: int = 0
    seconds_left: float | None = None
    clear: Sequence[tuple[str, str, str]] = ()
    since: str = ""


@dataclass(frozen=True, kw_only=True)
class VerdictNews:
    """A measuring was judged; `changed`: some row is flagged; `commanded`: see `VerdictState`."""

    conclusion: Conclusion
    changed: bool
    commanded: bool = False
    minutes: float = 0.0


@dataclass(frozen=True, kw_only=True)
class SkipNews:
    """Nothing is measured, for a reason."""

    reason: Note


@dataclass(frozen=True, kw_only=True)
class FailureNews:
    """A measuring broke, or what it left cannot be trusted."""

    reason: Note
    minutes: float = 0.0


@dataclass(frozen=True, kw_only=True)
class CancelNews:
    """A measuring was stopped; `by`: who asked for it."""

    by: str = ""
    minutes: float = 0.0


@dataclass(frozen=True, kw_only=True)
class BisectNews:
    """A bisection has ended, with its answer or without."""

    found: BisectFinding
    minutes: float = 0.0


News = QueueNews | ProgressNews | VerdictNews | SkipNews | FailureNews | CancelNews | BisectNews
