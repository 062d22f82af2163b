"""Sections of the comment in every state: what is the case, and what comes next."""

from __future__ import annotations

from dataclasses import replace

from loadstone.model.bot import (
    BisectedState,
    CancelledState,
    FailedState,
    OutdatedState,
    QueuedState,
    RunningState,
    SkippedState,
    SupersededState,
    VerdictState,
)
from loadstone.report.comment.bisected import bisected
from loadstone.report.comment.ended import cancelled, failed, skipped
from loadstone.report.comment.parts import SectionText
from loadstone.report.comment.result import RunnerMinutes
from loadstone.report.comment.section_context import (
    SectionContext,
    commit,
    full,
    sentences,
    small,
    spent,
)
from loadstone.report.comment.waiting import queued, running
from loadstone.report.common.escape import Safe, text

_NONE = 6  # rank: after everything


def of_state(told: SectionContext) -> SectionText:  # noqa: PLR0911  a state, a line
    """The section of any state."""
    match told.of.state:
        case QueuedState() as state:
            return queued(state, told)
        case RunningState() as state:
            return running(state, told)
        case VerdictState() as state:
            return _verdict(state, told)
        case BisectedState() as state:
            return bisected(state, told)
        case SkippedState() as state:
            return skipped(state, told)
        case FailedState() as state:
            return failed(state, told)
        case CancelledState() as state:
            return cancelled(state, told)
        case OutdatedState() as state:
            return _outdated(state, told)
        case SupersededState() as state:
            return _superseded(state, told)


def _verdict(state: VerdictState, told: SectionContext) -> SectionText:
    if told.result is None:
        return SectionText(
            title=Safe(f"⚫ {text(state.conclusion.value)}: {told.name} {commit(state.sha)}"),
            lead=Safe("The record of this result is gone."),
            foot=small(spent(state.minutes)),
            rank=_NONE,
        )
    known = told.result.cost or RunnerMinutes(minutes=state.minutes)
    whole = full(replace(told.result, cost=known), told.place)
    eased = Safe("An earlier alarm of this pull request is gone with this result.")
    return replace(whole, lead=sentences([whole.lead, eased if state.eased else ""]))


def _said(state: OutdatedState | SupersededState, told: SectionContext) -> SectionText | None:
    """The section of what stands below: of a result without its open tables."""
    if state.said is None:
        return None
    of = replace(told.of, state=state.said)
    return of_state(replace(told, of=of))


def _outdated(state: OutdatedState, told: SectionContext) -> SectionText:
    news = (
        f"The head is {commit(state.newer)} now, which has not been measured. What follows is of "
        f"{commit(state.sha)}, an older commit."
    )
    below = _said(state, replace(told, place=replace(told.place, rows=0)))
    if below is None:
        nothing = f"The head is {commit(state.newer)} now; {commit(state.sha)} has no result."
        title = Safe(f"🕓 Outdated: {told.name}")
        return SectionText(title=title, lead=Safe(nothing), rank=_NONE)
    return replace(
        below,
        title=Safe(f"🕓 Outdated, was {below.title}"),
        lead=Safe(f"{news}\n\n{below.lead}"),
        rank=_NONE,
    )


def _superseded(state: SupersededState, told: SectionContext) -> SectionText:
    news = f"A newer run ({state.run}) measures {commit(state.sha)} again."
    below = _said(state, told)
    if below is None:
        title = Safe(f"🔁 Superseded: {told.name} {commit(state.sha)}")
        return SectionText(title=title, lead=Safe(news), rank=_NONE)
    stands = f"{news} Until it has ended, this result stands."
    return replace(
        below,
        title=Safe(f"🔁 Measured again, so far {below.title}"),
        lead=Safe(f"{stands}\n\n{below.lead}"),
    )
