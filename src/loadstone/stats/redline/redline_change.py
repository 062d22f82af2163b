"""Change of a redline: head's against base's, by brackets or by inverse regression.

Each side's search has its share of α, so with chance 1 − α all steps of both are right. Then base
is in `[met, missed)` of its bracket and head in that of its own, and their ratio is between the
ratios of the far ends, whatever the shape between the sizes. Where both sides have enough runs near
the bound, lines through these say far more (`crossing.py`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from loadstone.model import Bracket, Plan, Redlines, Run, Verdict
from loadstone.model.redline import says_nothing
from loadstone.stats.redline.brackets import bracket, line_through, search_of, searched
from loadstone.stats.redline.crossing import ratio

LINES, BRACKETS = "lines", "brackets"
THIRD = 1 / 3  # of the precision: a smaller change is none


@dataclass(frozen=True, kw_only=True)
class RedlineChange:
    """Relative change of head's redline with its interval; None where it has no bound."""

    estimate: float | None
    low: float | None
    high: float | None


def redlines(plan: Plan, runs: Sequence[Run]) -> Redlines:
    """Redlines of every side that is searched, and of head against base, from the runs so far."""
    search, alpha = search_of(plan), plan.policy.alpha
    brackets = [bracket(plan, runs, side) for side in search.sides]
    if len(brackets) == 1:
        return Redlines(brackets=brackets, alpha=alpha)
    change, method, verdict = compared(brackets, _by_lines(plan, runs), search.precision)
    return Redlines(
        brackets=brackets,
        alpha=alpha,
        verdict=verdict,
        change=change.estimate,
        low=change.low,
        high=change.high,
        method=method,
    )


def compared(
    brackets: Sequence[Bracket], lines: RedlineChange | None, precision: float
) -> tuple[RedlineChange, str, Verdict]:
    """Compare brackets and lines: the change, how it was found, and the verdict.

    Brackets that lie apart decide, whatever a line says. A change by lines that is smaller than a
    third of the precision is none, and within ± the precision both are the same.
    """
    between = _between(*brackets)
    decided = _apart(between, least=0.0)
    by_lines = _apart(lines, least=THIRD * precision) if lines else None
    if lines is not None and decided in (None, by_lines):
        return lines, LINES, by_lines or _within(lines, precision)
    return between, BRACKETS, decided or _undecided(brackets)


def _between(base: Bracket, head: Bracket) -> RedlineChange:
    """The change from the middles of the brackets, and the least and most that it can be."""
    low, high = _ratio(head.met, base.missed), _ratio(head.missed, base.met)
    middle = None if low is None or high is None else sqrt((1 + low) * (1 + high)) - 1
    return RedlineChange(estimate=middle, low=low, high=high)


def _ratio(size: float | None, by: float | None) -> float | None:
    return None if size is None or by is None else size / by - 1


def _by_lines(plan: Plan, runs: Sequence[Run]) -> RedlineChange | None:
    """The change from lines through the runs near the bound, where both sides have one."""
    sides = search_of(plan).sides
    base, head = (line_through(plan, searched(plan, runs, side)) for side in sides)
    if base is None or head is None:
        return None
    found = ratio(base, head)
    return RedlineChange(estimate=found.size - 1, low=found.low - 1, high=found.high - 1)


def _apart(change: RedlineChange, *, least: float) -> Verdict | None:
    """Lower or higher for sure, and by at least so much."""
    if change.estimate is not None and abs(change.estimate) < least:
        return None
    if change.high is not None and change.high <= 0:
        return Verdict.REGRESSION
    if change.low is not None and change.low >= 0:
        return Verdict.IMPROVEMENT
    return None


def _within(change: RedlineChange, margin: float) -> Verdict:
    low, high = change.low, change.high
    same = low is not None and high is not None and -margin <= low and high <= margin
    return Verdict.UNCHANGED if same else Verdict.INCONCLUSIVE


def _undecided(brackets: Sequence[Bracket]) -> Verdict:
    if all(not each.why for each in brackets):
        return Verdict.UNCHANGED  # the same bracket, as narrow as was asked
    return Verdict.INVALID if any(map(says_nothing, brackets)) else Verdict.INCONCLUSIVE
