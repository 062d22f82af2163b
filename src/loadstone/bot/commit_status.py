"""Commit statuses: the gate of a component, as the checks of a commit show it.

What is unknown is never green: a measuring that broke, was stopped or could not be afforded is an
error or still pending, and what is inconclusive fails where the policy asks for certainty.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from loadstone.model import Conclusion, Judgement, Note, Side, Verdict, conclusion
from loadstone.model.accepted import Acceptance
from loadstone.model.bot import (
    BISECTION,
    BisectedState,
    CancelledState,
    CommentSection,
    FailedState,
    OutdatedState,
    QueuedState,
    RunningState,
    SectionState,
    SetStatus,
    SkippedState,
    StatusState,
    SupersededState,
    VerdictState,
)

MOST = 140  # characters of a description
_OF_CONCLUSION: Mapping[Conclusion, StatusState] = {
    Conclusion.PASS: StatusState.SUCCESS,
    Conclusion.FAIL: StatusState.FAILURE,
    Conclusion.UNSURE: StatusState.FAILURE,
    Conclusion.INVALID: StatusState.ERROR,
}
# Nothing is shown where nobody wanted a measuring; a change that cannot matter passes.
_OF_SKIP: Mapping[str, StatusState | None] = {
    "draft": StatusState.PENDING,
    "event-off": None,
    "label-missing": None,
    "documentation-only": StatusState.SUCCESS,
    "paths-untouched": StatusState.SUCCESS,
    "same-program": StatusState.SUCCESS,
    "same-program-unconfirmed": StatusState.PENDING,
    "files-unconfirmed": StatusState.PENDING,
    "same-commit": StatusState.SUCCESS,
}


def context(component: str) -> str:
    """The name of a component's status, as a branch rule asks for it."""
    return f"loadstone/{component}"


def gate(acceptance: Acceptance | Judgement | None, *, certain: bool) -> Conclusion:
    """The conclusion of a judgement, by a policy that we know and not one that it brings along.

    What was accepted and still holds does not fail it.
    """
    if acceptance is None:
        return Conclusion.INVALID
    judgement = acceptance.judgement if isinstance(acceptance, Acceptance) else acceptance
    found = conclusion(judgement)
    if certain:
        return Conclusion.UNSURE if found is Conclusion.PASS and _open(judgement) else found
    if judgement.blind:  # no certainty was asked for, but some chance to see anything was
        return found
    return Conclusion.PASS if found is Conclusion.UNSURE else found


def _open(judgement: Judgement) -> bool:
    """Whether something that decides is not decided, be it that nobody had asked for certainty."""
    rows = any(
        row.metric.gated and row.verdict is Verdict.INCONCLUSIVE for row in judgement.comparisons
    )
    return rows or any(
        one.side is Side.HEAD and one.verdict == "inconclusive" for one in judgement.objectives
    )


def status_of(
    section: CommentSection, *, say: Callable[[Note], str], said: str = "", url: str = ""
) -> SetStatus | None:
    """The status that a section of the comment stands for; None where there is none to set.

    `say` gives the sentence of a note; `said` is the sentence that matters of a verdict.
    """
    found = _found(section.state, say, said)
    if found is None or section.component.endswith(BISECTION):
        return None
    state, words = found
    return SetStatus(
        sha=section.state.sha,
        context=context(section.component),
        state=state,
        description=description(words),
        target_url=url,
    )


def description(words: str) -> str:
    """Words as the description of a status: one line, and short enough for GitHub."""
    line = " ".join(re.sub(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]", " ", words).split())
    if len(line) <= MOST:
        return line
    return line[: MOST - 1].rsplit(" ", 1)[0].rstrip(" ,;:")[: MOST - 1] + "…"


def _found(  # noqa: PLR0911  a state, a line
    state: SectionState, say: Callable[[Note], str], said: str
) -> tuple[StatusState, str] | None:
    match state:
        case QueuedState() | RunningState() | SupersededState():
            return StatusState.PENDING, _pending(state)
        case OutdatedState():
            return _outdated(state, say, said)
        case BisectedState():
            return None
        case VerdictState() if state.commanded:
            return None
        case VerdictState():
            return _OF_CONCLUSION[state.conclusion], said or str(state.conclusion)
        case SkippedState():
            shown = _OF_SKIP.get(state.reason.code, StatusState.ERROR)
            return None if shown is None else (shown, say(state.reason))
        case FailedState() | CancelledState():
            return StatusState.ERROR, _stopped(state, say)


def _pending(state: QueuedState | RunningState | SupersededState) -> str:
    if isinstance(state, QueuedState):
        return f"waits, {state.ahead} before it" if state.ahead else "waits for a runner"
    return "measuring again" if isinstance(state, SupersededState) else "measuring"


def _stopped(state: FailedState | CancelledState, say: Callable[[Note], str]) -> str:
    if isinstance(state, FailedState):
        return say(state.reason)
    return f"cancelled by {state.by}" if state.by else "cancelled"


def _outdated(
    state: OutdatedState, say: Callable[[Note], str], said: str
) -> tuple[StatusState, str]:
    """An older commit keeps what was said of it; of one that was never judged, nothing is known."""
    if state.said is None:
        return StatusState.ERROR, "not measured to the end: the head moved"
    return _found(state.said, say, said) or (StatusState.ERROR, "not measured")
