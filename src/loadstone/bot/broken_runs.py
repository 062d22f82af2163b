"""Runs without a result: news of one that ended badly, or left what cannot be used."""

from __future__ import annotations

from loadstone.bot.news import CancelNews, FailureNews
from loadstone.model import Note
from loadstone.model.bot import WorkflowRunEvent

_LONGEST = 300  # characters of foreign words


def news_of(
    event: WorkflowRunEvent, *, said: str = "", minutes: float = 0.0
) -> CancelNews | FailureNews | None:
    """The news of a measuring run that has ended; None where it may have a result.

    `said`: what the job said of its failure, for a person to read and nothing else.
    """
    if event.conclusion == "success":
        return None
    if event.conclusion == "cancelled":
        return CancelNews(minutes=minutes)
    if event.conclusion == "timed_out":
        return FailureNews(reason=Note.of("timed-out"), minutes=minutes)
    words = said[:_LONGEST] or f"the run ended with {event.conclusion}"
    return FailureNews(reason=Note.of("measuring-failed", said=words), minutes=minutes)


def without_result(*, expired: bool = False, minutes: float = 0.0) -> FailureNews:
    """The news of a run that ended well and has nothing to judge, or has it no longer."""
    reason = Note.of("artifact-expired") if expired else Note.of("no-result")
    return FailureNews(reason=reason, minutes=minutes)


def refused(rule: str, *, minutes: float = 0.0) -> FailureNews:
    """The news of a result that cannot be trusted; `rule`: what it broke, in words of ours."""
    reason = Note.of("artifact-refused", said=rule[:_LONGEST])
    return FailureNews(reason=reason, minutes=minutes)
