"""The life of the comment: what a section says after some news, and whether that is published.

A section is a state, and the next one follows from it and the news alone: a late word of an older
run changes nothing, whatever order two runs get to it in.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loadstone.bot.news import (
    BisectNews,
    CancelNews,
    FailureNews,
    MeasuringRun,
    News,
    ProgressNews,
    QueueNews,
    SkipNews,
    VerdictNews,
)
from loadstone.formats.configuration.config import CommentMode
from loadstone.model import Conclusion
from loadstone.model.bot import (
    BisectedState,
    CancelledState,
    CommentSection,
    CommentState,
    FailedState,
    FinalState,
    OutdatedState,
    QueuedState,
    RunningState,
    SectionState,
    SkippedState,
    SupersededState,
    UpsertComment,
    VerdictState,
)

KEY = "pull-request"  # of the one comment
_WAITING = (QueuedState, RunningState, SupersededState)
_FINAL = (VerdictState, BisectedState, FailedState, CancelledState, SkippedState)


def turn(
    before: CommentSection | None, measuring: MeasuringRun, news: News, *, head: str = ""
) -> CommentSection | None:
    """The section after some news; None where it stays as it is.

    `head`: the commit that the pull request is at now, "" where nobody looked. What is said of
    another one is outdated as it is said.
    """
    if before is not None and _older(measuring, before):
        return None
    state = _state(before, measuring, news)
    alarmed = before is not None and before.alarmed
    if isinstance(state, VerdictState):
        state = replace(state, eased=alarmed and not state.alarm)
        alarmed = state.alarm
    shown: SectionState = state
    if head and head != measuring.sha:
        shown = OutdatedState(sha=measuring.sha, newer=head, said=_said(state))
    return CommentSection(
        component=measuring.component,
        state=shown,
        run=measuring.run,
        attempt=measuring.attempt,
        alarmed=alarmed,
    )


def moved(before: CommentSection, head: str) -> CommentSection | None:
    """The section once the head has moved; None where it is of that commit already."""
    if before.state.sha == head:
        return None
    if isinstance(before.state, OutdatedState) and before.state.newer == head:
        return None
    old = OutdatedState(sha=before.state.sha, newer=head, said=_said(before.state))
    return replace(before, state=old)


def merged(sections: Sequence[CommentSection], new: CommentSection) -> list[CommentSection]:
    """The sections with a new one in the place of that of its component, or after the others."""
    if all(each.component != new.component for each in sections):
        return [*sections, new]
    return [new if each.component == new.component else each for each in sections]


def withdrawn(before: CommentSection | None, measuring: MeasuringRun) -> CommentSection | None:
    """The section once a run measured nothing after all: what stood before it waited stands again.

    Where nothing did, it was stopped. Such a run has no say: what another measures meanwhile, be it
    older, is news. None where there was no section, and is none.
    """
    if before is None or not isinstance(before.state, _WAITING) or _other(measuring, before):
        return before
    if isinstance(before.state, SupersededState) and before.state.said:
        return replace(before, state=before.state.said)
    state = CancelledState(sha=measuring.sha)
    return replace(before, state=state, run=0, attempt=0)


def published(
    state: CommentState, mode: CommentMode, body: str, data: dict[str, str]
) -> UpsertComment | None:
    """The effect that shows a comment; None where the mode says that there is none.

    One that is there is edited whatever it says now: a run that finds nothing takes an earlier
    alarm away.
    """
    if mode == "never":
        return None
    create = any(_worth(section.state, mode) for section in state.sections)
    return UpsertComment(number=state.number, key=KEY, body=body, data=data, create=create)


def _worth(state: SectionState, mode: CommentMode) -> bool:
    """Whether a state is worth a comment where there is none yet."""
    if mode == "always" or isinstance(state, BisectedState):  # somebody has asked for that
        return True
    if mode == "on-regression":
        return isinstance(state, VerdictState) and state.conclusion is Conclusion.FAIL
    if isinstance(state, VerdictState):
        return state.alarm or state.changed
    return isinstance(state, FailedState)


def _older(measuring: MeasuringRun, before: CommentSection) -> bool:
    return (measuring.run, measuring.attempt) < (before.run, before.attempt)


def _other(measuring: MeasuringRun, before: CommentSection) -> bool:
    return (measuring.run, measuring.attempt) != (before.run, before.attempt)


def _state(before: CommentSection | None, measuring: MeasuringRun, news: News) -> SectionState:
    sha = measuring.sha
    said = _still_said(before, measuring)
    match news:
        case QueueNews() | ProgressNews() if said is not None:
            return SupersededState(sha=sha, run=measuring.run, said=said)
        case QueueNews():
            return QueuedState(sha=sha, runner=news.runner, ahead=news.ahead, wait=news.wait)
        case ProgressNews():
            return RunningState(
                sha=sha,
                case=news.case,
                round=news.round,
                rounds=news.rounds,
                seconds_left=news.seconds_left,
                clear=tuple(news.clear),
                since=news.since,
            )
        case _:
            return _final(sha, news)


def _final(
    sha: str, news: VerdictNews | SkipNews | FailureNews | CancelNews | BisectNews
) -> FinalState:
    match news:
        case VerdictNews():
            return VerdictState(
                sha=sha,
                conclusion=news.conclusion,
                alarm=news.conclusion is not Conclusion.PASS,
                changed=news.changed,
                minutes=news.minutes,
                commanded=news.commanded,
            )
        case SkipNews():
            return SkippedState(sha=sha, reason=news.reason)
        case FailureNews():
            return FailedState(sha=sha, reason=news.reason, minutes=news.minutes)
        case CancelNews():
            return CancelledState(sha=sha, by=news.by, minutes=news.minutes)
        case BisectNews():
            return BisectedState(sha=sha, found=news.found, minutes=news.minutes)


def _still_said(before: CommentSection | None, measuring: MeasuringRun) -> VerdictState | None:
    """A verdict on the same commit stays to be read while it is measured again."""
    if before is None or before.state.sha != measuring.sha:
        return None
    said = _said(before.state)
    return said if isinstance(said, VerdictState) else None


def _said(state: SectionState) -> FinalState | None:
    if isinstance(state, OutdatedState | SupersededState):
        return state.said
    return state if isinstance(state, _FINAL) else None
