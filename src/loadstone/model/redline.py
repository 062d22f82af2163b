"""Redlines: the largest size that still meets the objectives, with the runs that located it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from loadstone.model.judgement import Verdict
from loadstone.model.plan import Plan
from loadstone.model.values import Environment, Note, Side


@dataclass(frozen=True, kw_only=True)
class SizeRun:
    """One run of a search, and whether its size met the objectives.

    `outcome`: `value`; `failed` (the component's doing, and so a miss); `generator`, `upstream` or
    `invalid` (not the component's doing: it says nothing). `excess`: ln of the worst objective's
    value to its bound, within ±10 (0 is just met); None where it says nothing.
    """

    round: int
    outcome: str
    excess: float | None = None
    metric: str = ""  # the worst objective's
    values: Mapping[str, float] = field(default_factory=dict)  # of the objectives' metrics
    reasons: Sequence[Note] = ()  # why there is no value


@dataclass(frozen=True, kw_only=True)
class SizeResult:
    """One size on one side: `said` is met, missed, undecided or open.

    `why` it is undecided: `scatter` about the bound, or what too many of its runs came to instead.
    """

    size: float
    case: str
    said: str
    why: str
    trials: Sequence[SizeRun]


@dataclass(frozen=True, kw_only=True)
class Bracket:
    """The bracket of one side's redline: at `met` or above, below `missed`; None where not found.

    `why` it is not narrower: "" (it is as narrow as asked), `from` or `to` (it lies beyond that end
    of the sizes), `budget`, or what left the size above `met` undecided. `about`: where a line
    through the runs near the bound crosses it, None where there is no such line.
    """

    side: Side
    met: float | None
    missed: float | None
    why: str
    steps: Sequence[SizeResult]
    about: float | None = None


@dataclass(frozen=True, kw_only=True)
class Redlines:
    """The redlines of the sides that were searched, and of head against base.

    `change`, `low`, `high`: the relative change with its bounds at 1 − `alpha`, None where it has
    none; `method`: from the `brackets`, or from `lines` through the runs near the bound. With
    chance 1 − `alpha` no step of any side is decided wrongly. `verdict`: None with one side.
    """

    brackets: Sequence[Bracket]
    alpha: float
    verdict: Verdict | None = None
    change: float | None = None
    low: float | None = None
    high: float | None = None
    method: str = ""


FROM, TO, BUDGET, SCATTER = "from", "to", "budget", "scatter"  # why a bracket is not narrower
GENERATOR, UPSTREAM, INVALID = "generator", "upstream", "invalid"  # runs that say nothing


def says_nothing(bracket: Bracket) -> bool:
    """Whether no run of this side says anything of the component."""
    nothing = bracket.why in (GENERATOR, UPSTREAM, INVALID)
    return bracket.met is None and bracket.missed is None and nothing


def located(bracket: Bracket) -> bool:
    """Whether the redline is known: as closely as was asked, by a line, or below all sizes."""
    by_line = bracket.why == SCATTER and bracket.about is not None
    return bracket.why in ("", FROM) or by_line


def decided(found: Redlines) -> bool:
    """Whether the question is answered: how head compares or, alone, where its redline is."""
    if found.verdict is None:
        return located(found.brackets[-1])
    return found.verdict not in (Verdict.INCONCLUSIVE, Verdict.INVALID)


REDLINE_VERSION = 2


@dataclass(frozen=True, kw_only=True)
class RedlineRecord:
    """The record of a search for a redline, kept beside its runs: `redline.json`.

    The plan has the cases that were tried; `seconds` is the time that the runs took.
    """

    plan: Plan
    environment: Environment
    redlines: Redlines
    seconds: float
    started: str = ""
    finished: str = ""
    version: int = REDLINE_VERSION
