"""The news of a run, and what follows of them: the comment's sections and the commit's statuses.

Nothing is sent here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from loadstone.bot.commit_status import status_of
from loadstone.bot.lifecycle import merged, moved, turn, withdrawn
from loadstone.bot.news import MeasuringRun, News, ProgressNews, QueueNews
from loadstone.formats.configuration.config import CommentMode
from loadstone.model import Note
from loadstone.model.bot import (
    CommentSection,
    FinalState,
    SectionState,
    SetStatus,
    SupersededState,
    VerdictState,
)
from loadstone.report.comment import Result
from loadstone.report.common.plain import plain
from loadstone.report.common.sentences import sentence
from loadstone.report.comparison import build


@dataclass(frozen=True, kw_only=True)
class RunDelivery:
    """The news of a run that are to be delivered.

    `number`: the pull request to comment on, 0 for none. `head`: the commit that it is at now.
    `known`: the components that there are. `withdrawn`: the run measured nothing after all.
    `commanded`: it measured something else than what the commit is to pass, so no status follows.
    `others`: gives the results of sections of other runs, which are written anew as well.
    """

    number: int
    head: str
    sha: str
    run: int
    attempt: int
    news: Mapping[str, News]
    results: Mapping[str, Result]
    notes: Sequence[Note] = ()
    mode: CommentMode = "always"
    url: str = ""
    known: Sequence[str] = ()
    withdrawn: bool = False
    commanded: bool = False
    others: Callable[[Sequence[CommentSection]], Mapping[str, Result]] = lambda _: {}


def sections_after(before: Sequence[CommentSection], delivery: RunDelivery) -> list[CommentSection]:
    """The sections after the news; those of components that there are no longer are gone."""
    found = [each for each in before if each.component in delivery.known]
    found = [moved(each, delivery.head) or each for each in found] if delivery.head else found
    for component, news in delivery.news.items():
        was = next((each for each in found if each.component == component), None)
        if was is not None and _stands(was, delivery, news):
            continue
        measuring = MeasuringRun(
            component=component, sha=delivery.sha, run=delivery.run, attempt=delivery.attempt
        )
        new = (
            withdrawn(was, measuring)
            if delivery.withdrawn
            else turn(was, measuring, news, head=delivery.head)
        )
        found = merged(found, new) if new is not None else found
    return found


def _waits(news: News | None) -> bool:
    return isinstance(news, QueueNews | ProgressNews)


def _late(was: CommentSection, delivery: RunDelivery) -> bool:
    """Whether a section says already how this run ended: news may come in any order."""
    return isinstance(was.state, FinalState) and (was.run, was.attempt) >= (
        delivery.run,
        delivery.attempt,
    )


def _stands(was: CommentSection, delivery: RunDelivery, news: News) -> bool:
    """Whether a section stays as it is, though a run waits or goes on.

    A verdict on the same commit does, tables and all, until there is another: its record is not at
    hand, and the status says that it is measured again.
    """
    same = isinstance(was.state, VerdictState) and was.state.sha == delivery.sha
    return _waits(news) and (same or _late(was, delivery))


def status_after(section: CommentSection, delivery: RunDelivery) -> SetStatus | None:
    """The status that a section's news sets; None where it stays what it was."""
    news = delivery.news.get(section.component)
    if delivery.commanded or _commanded(section.state):
        return None  # the status stays what the configured measuring said
    if news is None or section.state.sha != delivery.sha:
        return None  # nothing new, or a late word of an older run
    own = (section.run, section.attempt) == (delivery.run, delivery.attempt)
    if not (own or _waits(news) or delivery.withdrawn):
        return None  # what the comment remembers of another run passes nothing
    if _waits(news) and not delivery.withdrawn:
        if _late(section, delivery):
            return None
        section = replace(section, state=_again(section.state, delivery))
    result = delivery.results.get(section.component)
    said = plain(build.view(result.record).headline) if result else ""
    return status_of(section, say=sentence, said=said, url=delivery.url)


def _commanded(state: SectionState) -> bool:
    said = state.said if isinstance(state, SupersededState) else state
    return isinstance(said, VerdictState) and said.commanded


def _again(state: SectionState, delivery: RunDelivery) -> SectionState:
    """What the status is of while a verdict stands."""
    if not isinstance(state, VerdictState):
        return state
    return SupersededState(sha=delivery.sha, run=delivery.run, said=state)
