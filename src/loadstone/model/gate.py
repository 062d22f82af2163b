"""The gate: pass or fail of a comparison, a search or a series, by one pure function.

A face (the command line, a test report, a commit status) maps a conclusion to its own signs.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum

from loadstone.model.judgement import Judgement, Verdict
from loadstone.model.redline import FROM, RedlineRecord, decided, says_nothing
from loadstone.model.series import Series, standing
from loadstone.model.values import Side

MISSED = "missed"  # the verdict on an objective


class Conclusion(StrEnum):
    """The four ways in which a gate can end; a face maps each to its own sign, as an exit code."""

    PASS = "pass"  # noqa: S105  (not a password)
    FAIL = "fail"  # a regression, or an objective that the head misses
    INVALID = "invalid"  # something that decides has no trustworthy number
    UNSURE = "unsure"  # inconclusive where an answer is demanded, or where none could be had


def conclusion(
    found: Judgement | RedlineRecord | Sequence[Series] | None, *, recent: int = 1
) -> Conclusion:
    """Decide the gate. What was not decided, or cannot be known, does not pass.

    `recent`: so many of the newest records of a series may have brought what it fails for.
    """
    match found:
        case Judgement():
            return _of_comparison(found)
        case RedlineRecord():
            return _of_redline(found)
        case None:
            return Conclusion.INVALID
        case _:
            return _of_series(found, recent)


def _of_comparison(judgement: Judgement) -> Conclusion:
    held = (one for one in judgement.objectives if one.side is Side.HEAD)
    if judgement.verdict is Verdict.INVALID:
        return Conclusion.INVALID
    if judgement.verdict is Verdict.REGRESSION or any(one.verdict == MISSED for one in held):
        return Conclusion.FAIL
    undecided = judgement.verdict is Verdict.INCONCLUSIVE and judgement.policy.certain
    if undecided or judgement.blind:
        return Conclusion.UNSURE
    return Conclusion.PASS


def _of_redline(record: RedlineRecord) -> Conclusion:
    """Head's redline is lower, or below every size: a failure."""
    found = record.redlines
    if found.verdict is Verdict.REGRESSION or found.brackets[-1].why == FROM:
        return Conclusion.FAIL
    if any(map(says_nothing, found.brackets)):
        return Conclusion.INVALID
    return (
        Conclusion.UNSURE if record.plan.policy.certain and not decided(found) else Conclusion.PASS
    )


def _of_series(found: Sequence[Series], recent: int) -> Conclusion:
    """A gated regression that came with the newest records and still stands: a failure."""
    if not all(each.points for each in found):
        return Conclusion.INVALID  # of a series without a usable record nobody knows
    failing = any(standing(each, recent) for each in found)
    return Conclusion.FAIL if failing else Conclusion.PASS
