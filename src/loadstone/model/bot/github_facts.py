"""Facts: what the bot has to be told of GitHub before it can decide, as plain values."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Permission:
    """A user's permission in the repository, as the collaborator API says it.

    `level`: admin, write, read or none; `role`: the exact name, as triage, maintain or one of the
    organisation's own.
    """

    user: str
    level: str
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class WorkflowRun:
    """A workflow run and how far it is. Lower ids were made earlier."""

    run: int
    status: str  # queued, in_progress, waiting, pending, requested, completed
    runner: str = ""  # label
    number: int = 0  # of its pull request, 0 where that is not known
    sha: str = ""
    attempt: int = 1


@dataclass(frozen=True, kw_only=True)
class KnownRow:
    """A row or an objective of the last result on a pull request, as far as a command needs it.

    `size`: the relative change of head against base, which matters beyond `margin`; `beyond`: how
    far head's value is beyond the objective it misses, as a share of the bound. None where there is
    none.
    """

    component: str
    case: str  # "" in a suite row
    metric: str
    worse: bool  # a regression, or a missed objective
    size: float | None = None
    margin: float = 0.0
    beyond: float | None = None
