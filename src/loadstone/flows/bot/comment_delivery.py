"""The delivery of news: the comment, the commit statuses, and what could not be sent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from loadstone.bot.command_sections import judged_runs
from loadstone.bot.comment_memory import recall, remember
from loadstone.bot.commit_status import status_of
from loadstone.bot.lifecycle import KEY, merged, moved, published, turn, withdrawn
from loadstone.bot.news import MeasuringRun, News, ProgressNews, QueueNews
from loadstone.errors import GithubFailed
from loadstone.formats.configuration.config import CommentMode
from loadstone.github import comments
from loadstone.github.client import Client
from loadstone.github.comments import CommentResult, Draft
from loadstone.github.own_comments import OwnComment
from loadstone.github.perform import UndeliveredEffect, perform
from loadstone.model import Note
from loadstone.model.bot import (
    CommentSection,
    CommentState,
    FinalState,
    SectionState,
    SetStatus,
    SupersededState,
    UpsertComment,
    VerdictState,
)
from loadstone.report.comment import Result, pull_request
from loadstone.report.common.markdown import MOST
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


@dataclass(frozen=True, kw_only=True)
class DeliveryOutcome:
    """The outcome of a delivery: what was sent, and what was not."""

    comment: CommentResult | None
    statuses: int
    undelivered: Sequence[UndeliveredEffect]


def deliver(client: Client, delivery: RunDelivery) -> DeliveryOutcome:
    """Comment and set the statuses; what fails is a value, to be sent again."""
    comment, sections, undelivered = _comment(client, delivery)
    effects = [status for each in sections if (status := _status(each, delivery)) is not None]
    done = perform(client, effects, origin=str(delivery.run))
    return DeliveryOutcome(
        comment=comment, statuses=done.done, undelivered=[*undelivered, *done.undelivered]
    )


def _comment(
    client: Client, delivery: RunDelivery
) -> tuple[CommentResult | None, Sequence[CommentSection], list[UndeliveredEffect]]:
    if not delivery.number:
        return None, sections_after([], delivery), []
    last: list[tuple[Sequence[CommentSection], UpsertComment | None]] = []
    others: dict[str, Result] = {}

    def change(now: OwnComment | None) -> Draft | None:
        before = recall(now.data) if now else []
        after = sections_after(before, delivery)
        same = after == before and not delivery.results  # words may change where no state does
        wanted = None
        if not same:
            missing = [each for each in _judged(after, delivery) if each.component not in others]
            others.update(delivery.others(missing) if missing else {})
            wanted = _wanted(delivery, after, now, others)
        last.append((after, wanted))
        if wanted is None:
            return None
        return Draft(body=wanted.body, data=wanted.data, create=wanted.create)

    try:
        done = comments.update(client, delivery.number, KEY, change)
    except GithubFailed as failed:
        after = last[-1][0] if last else sections_after([], delivery)
        unsent = last[-1][1] if last else _wanted(delivery, after, None, {})
        lost = [] if unsent is None else [_undelivered(unsent, failed)]
        return None, after, lost
    return done, last[-1][0], []


def _judged(sections: Sequence[CommentSection], delivery: RunDelivery) -> list[CommentSection]:
    """The sections that say a verdict of which this delivery has no result."""
    return [
        each for each in sections if judged_runs([each]) and each.component not in delivery.results
    ]


def _undelivered(wanted: UpsertComment, failed: GithubFailed) -> UndeliveredEffect:
    return UndeliveredEffect(effect=wanted, reason=failed.message, next_step=failed.next_step)


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


def _wanted(
    delivery: RunDelivery,
    sections: Sequence[CommentSection],
    now: OwnComment | None,
    others: Mapping[str, Result],
) -> UpsertComment | None:
    data = remember(sections)
    state = CommentState(number=delivery.number, sections=sections, notes=delivery.notes)
    if not sections:
        return None
    body = pull_request(
        state,
        {**others, **delivery.results},
        run_url=delivery.url,
        most=MOST - sum(map(len, data.values())) - 200,
    )
    wanted = published(state, delivery.mode, body, data)
    if wanted is None:
        return None
    revision = (now.mark.revision if now else 0) + 1
    return replace(wanted, data={**data, "revision": str(revision)})


def _status(section: CommentSection, delivery: RunDelivery) -> SetStatus | None:
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
