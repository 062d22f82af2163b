"""Sections of what ended without a result: skipped, failed or refused, cancelled."""

from __future__ import annotations

from loadstone.model.bot import CancelledState, FailedState, SkippedState
from loadstone.report.comment import slash_commands
from loadstone.report.comment.metric_rows import NAME
from loadstone.report.comment.parts import SectionText
from loadstone.report.comment.section_context import (
    SectionContext,
    commit,
    earlier,
    said,
    sentences,
    small,
    spent,
)
from loadstone.report.common import words
from loadstone.report.common.escape import Safe, code
from loadstone.report.common.plain import plain
from loadstone.report.common.tones import Tone

_REFUSED = "artifact-refused"
_FREE = Safe("This cost nothing.")
_FAILED, _NONE = 1, 6  # ranks: as what is invalid, and after everything


def skipped(state: SkippedState, told: SectionContext) -> SectionText:
    """Why nothing was measured, and that it cost nothing."""
    return SectionText(
        title=Safe(f"⏭️ Not measured: {told.name} {commit(state.sha)}"),
        lead=sentences([said(state.reason), _FREE]),
        pieces=earlier(told),
        rank=_NONE,
    )


def failed(state: FailedState, told: SectionContext) -> SectionText:
    """Why there is no result, in words of ours."""
    refused = state.reason.code == _REFUSED
    title = "⛔ Refused" if refused else f"{words.EMOJI[Tone.VOID]} No result"
    nothing = "Nothing of it was used: no number, no name." if refused else ""
    again = f"To try again, comment {code(slash_commands.RUN)}." if told.place.slash else ""
    return SectionText(
        title=Safe(f"{title}: {told.name} {commit(state.sha)}"),
        lead=sentences([f"**{said(state.reason)}**", nothing]),
        pieces=earlier(told),
        foot=small(Safe(again), spent(state.minutes)),
        rank=_FAILED,
    )


def cancelled(state: CancelledState, told: SectionContext) -> SectionText:
    """Who stopped it."""
    by = f" by {code(plain(state.by, most=NAME))}" if state.by else ""
    return SectionText(
        title=Safe(f"⏹️ Cancelled: {told.name} {commit(state.sha)}"),
        lead=Safe(f"The measuring was stopped{by} before there was a result."),
        pieces=earlier(told),
        foot=small(spent(state.minutes)),
        rank=_NONE,
    )
