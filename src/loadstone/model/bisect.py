"""Bisections: what each commit of a range was found to be, and which is the first slower one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from loadstone.model.judgement import Interval
from loadstone.model.plan import Commit, Plan
from loadstone.model.values import Environment, Metric, Note


class CommitVerdict(StrEnum):
    """Verdict on one commit against the good end."""

    SLOWER = "slower"  # surely by more than the cut
    NOT_SLOWER = "not-slower"  # surely by less than the cut
    UNDECIDED = "undecided"  # as many pairs as are allowed did not decide
    SKIPPED = "skipped"  # it could not be built or measured
    OPEN = "open"  # more pairs may decide


class BisectAnswer(StrEnum):
    """The answer of a bisection."""

    COMMIT = "commit"  # one commit is named
    RANGE = "range"  # it is one of several commits
    NOT_SLOWER = "not-slower"  # the bad end is surely not slower by the margin
    UNDECIDED = "undecided"  # whether the bad end is slower could not be shown
    NOTHING = "nothing"  # the bad end could not be measured


@dataclass(frozen=True, kw_only=True)
class BisectCost:
    """The cost of a bisection, foretold: commits, pairs and seconds, at least and at most.

    Builds come on top: as many as commits that are measured, and the good end.
    """

    commits: int  # of the range
    fewest: int  # that are measured
    most: int
    fewest_pairs: int
    most_pairs: int
    pair: float  # s
    builds: int  # at most


@dataclass(frozen=True, kw_only=True)
class BisectStep:
    """One commit that was tried. `change`: of the metric, on the good end, as pairs show it."""

    commit: Commit
    verdict: CommitVerdict
    pairs: int = 0
    change: Interval | None = None
    seconds: float = 0.0
    why: Note | None = None  # it was skipped


BISECT_VERSION = 1


@dataclass(frozen=True, kw_only=True)
class BisectRecord:
    """The record of a bisection, kept beside the sessions of its commits: `bisect.json`.

    `plan`: of the two ends, with the one case. `commits`: the range, the oldest first; the good end
    is before it and the bad one the last. `suspects`: those that the first slower commit is among.
    `cut`: the relative change that parts slower from not slower. With chance at most `alpha` a
    commit is named though nothing changed, or a wrong one.
    """

    plan: Plan
    metric: Metric
    environment: Environment
    commits: Sequence[Commit]
    cost: BisectCost
    alpha: float
    steps: Sequence[BisectStep] = ()
    answer: BisectAnswer | None = None  # None while it goes on
    suspects: Sequence[Commit] = ()
    cut: float | None = None
    budget_spent: bool = False
    seconds: float = 0.0
    started: str = ""
    finished: str = ""
    version: int = BISECT_VERSION


@dataclass(frozen=True, kw_only=True)
class BisectFinding:
    """What a bisection found, without its plan and its runs: what a comment can remember.

    `commits`: of the range; `suspects`: the first of `among` that the first slower one is among.
    `whole`: it went on until it had its answer, and was not broken off before.
    """

    metric: str
    title: str  # of the metric, as people call it
    margin: float
    case: str
    answer: BisectAnswer
    commits: int
    steps: Sequence[BisectStep]
    suspects: Sequence[Commit]
    among: int
    cut: float | None
    alpha: float
    seconds: float
    whole: bool
