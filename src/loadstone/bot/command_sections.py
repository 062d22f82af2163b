"""Sections of the comment after a command that was obeyed: what waits now, and what was stopped."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loadstone.model.bot import (
    CancelledState,
    CommentSection,
    OutdatedState,
    QueuedState,
    RunningState,
    SectionState,
    SupersededState,
    VerdictState,
)


def after_command(
    sections: Sequence[CommentSection],
    state: QueuedState | CancelledState,
    components: Sequence[str],
) -> list[CommentSection]:
    """The sections once a measuring of these components was started, or all were stopped.

    A verdict on the commit that is measured again stays as it is until there is another, and its
    status says that it is measured again. A section keeps the run whose news it is of: that of the
    new one comes with its own first word.
    """
    if isinstance(state, CancelledState):
        return [_stopped(each, state) for each in sections]
    known = {each.component: each for each in sections}
    new = [CommentSection(component=name, state=state) for name in components if name not in known]
    waiting = [_waiting(each, state) if each.component in components else each for each in sections]
    return [*waiting, *new]


def _waiting(section: CommentSection, state: QueuedState) -> CommentSection:
    said = verdict_of(section.state)
    stands = said is not None and said.sha == state.sha
    return section if stands else replace(section, state=state)


def _stopped(section: CommentSection, state: CancelledState) -> CommentSection:
    match section.state:
        case QueuedState() | RunningState():
            return replace(section, state=state)
        case SupersededState(said=VerdictState() as said):
            return replace(section, state=said)
        case _:
            return section


def verdict_of(state: SectionState) -> VerdictState | None:
    """The verdict that a state says, be it of an older commit; None for none."""
    said = state.said if isinstance(state, OutdatedState | SupersededState) else state
    return said if isinstance(said, VerdictState) else None


def judged_runs(sections: Sequence[CommentSection]) -> list[tuple[int, int]]:
    """The runs, each with its attempt, whose verdicts the sections say."""
    found = [(each.run, each.attempt) for each in sections if verdict_of(each.state) and each.run]
    return list(dict.fromkeys(found))
