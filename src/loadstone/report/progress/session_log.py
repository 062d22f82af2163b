"""The log of a session: a line for every run and every look of the judge."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model import Comparison, Note, Run, Side, Verdict, reasons
from loadstone.model.events import (
    Event,
    LongWait,
    LookTaken,
    Progress,
    RunFinished,
    RunStarted,
    SearchProgress,
    SessionPlanned,
    SessionStarted,
)
from loadstone.model.judgement import FAILED_ALIKE
from loadstone.model.reasons import alike
from loadstone.report.common.bounds import within
from loadstone.report.common.sentences import in_full
from loadstone.report.common.units import change, count
from loadstone.report.progress.common_lines import clock, opening, waiting
from loadstone.report.progress.session_state import FLAGGED, SessionState

WHY = {
    "settled": "more rounds would hardly find more",
    "last-look": "that was the last look",
    "budget": "the budget is spent",
}


def lines(state: SessionState, event: Event) -> list[str]:
    """The lines that an event adds to the log."""
    match event:
        case Progress() | SessionPlanned() | SessionStarted():
            return opening(event)
        case LongWait():
            return [waiting(event)]
        case RunFinished():
            return [_run_line(state, event.run), *_failed_alike(state, event.run)]
        case LookTaken():
            return [_look_line(event)]
        case RunStarted() | SearchProgress():
            return []


def _run_line(state: SessionState, run: Run) -> str:
    what = "; ".join(_told(each) for each in run.invalid) if run.invalid else "ok"
    mark = "" if run.valid else "invalid: "
    left = clock(state.left())
    return (
        f"round {run.round}/{state.target}  {run.case}  {run.side:4}  {run.seconds:5.1f} s  "
        f"{mark}{what}  (look in {left})"
    )


def _told(given: Note) -> str:
    """Why something of a run does not count, and what, where that is not all of it."""
    spoilt = reasons.words(given.voids)
    return f"without {spoilt}: {in_full(given)}" if spoilt else in_full(given)


def _failed_alike(state: SessionState, run: Run) -> list[str]:
    """That both sides of a case's first pair failed for one reason: hardly the head's doing."""
    mine = [each for each in state.done if each.case == run.case]
    sides = {each.side: each for each in mine}
    if len(mine) != len(Side) or len(sides) != len(Side):
        return []
    shared = alike(sides[Side.BASE], sides[Side.HEAD])
    if shared is None:
        return []
    then = "; it is not measured again" if reasons.hopeless(mine) else ""
    return [f"{run.case}: base and head failed alike ({shared.code}): {in_full(shared)}{then}"]


def _look_line(event: LookTaken) -> str:
    if event.look.why == FAILED_ALIKE:
        why = f": {in_full(event.reason)}" if event.reason else ""
        rounds = count(event.look.rounds, "round")
        return f"ended after {rounds}: every run failed, base and head alike{why}"
    rows = (row for row in event.judgement.comparisons if row.metric.gated)
    flagged = [row for row in rows if row.verdict in FLAGGED]
    said = found_so_far(flagged)
    lost = _without_numbers(event)
    nothing = f"; {count(lost, 'case')} without a trustworthy number" if lost else ""
    goes_on = ", ".join(event.look.open)
    why = "no more rounds would help" if lost and event.look.why == "settled" else ""
    then = why or WHY.get(event.look.why, event.look.why)
    then = f"going on with {goes_on}" if goes_on else then
    return f"look after {event.look.rounds} rounds: {said}{nothing}; {then}"


def _without_numbers(event: LookTaken) -> int:
    """The cases of which a gated row has no trustworthy number."""
    rows = event.judgement.comparisons
    return len({row.case for row in rows if row.metric.gated and row.verdict is Verdict.INVALID})


def found_so_far(rows: Sequence[Comparison], *, most: int = 3) -> str:
    """The largest changes so far, in words."""
    if not rows:
        return "no change found so far"
    words = [f"{row.metric.name} {change(within(row).change)}" for row in rows[:most]]
    more = f" and {len(rows) - most} more" if len(rows) > most else ""
    return ", ".join(words) + more
