"""The delivery of news: the comment, the commit statuses, and what could not be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from loadstone.bot.command_sections import judged_runs
from loadstone.bot.comment_memory import recall, remember
from loadstone.bot.lifecycle import KEY, published
from loadstone.errors import GithubFailed
from loadstone.flows.bot.delivered_news import RunDelivery, sections_after, status_after
from loadstone.github import comments
from loadstone.github.client import Client
from loadstone.github.comments import CommentResult, Draft
from loadstone.github.own_comments import OwnComment
from loadstone.github.perform import UndeliveredEffect, perform
from loadstone.model.bot import (
    CommentSection,
    CommentState,
    UpsertComment,
)
from loadstone.report.comment import Result, pull_request
from loadstone.report.common.markdown import MOST


@dataclass(frozen=True, kw_only=True)
class DeliveryOutcome:
    """The outcome of a delivery: what was sent, and what was not."""

    comment: CommentResult | None
    statuses: int
    undelivered: Sequence[UndeliveredEffect]


def deliver(client: Client, delivery: RunDelivery) -> DeliveryOutcome:
    """Comment and set the statuses; what fails is a value, to be sent again."""
    comment, sections, undelivered = _comment(client, delivery)
    effects = [status for each in sections if (status := status_after(each, delivery)) is not None]
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
