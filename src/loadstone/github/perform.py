"""The performer of effects: each is done once, however often it is asked for.

What could not be delivered is no error but a value, to be saved and sent again.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.errors import GithubFailed
from loadstone.github import comments, reactions, releases, replies, statuses, workflows
from loadstone.github.client import Client
from loadstone.model.bot import (
    CancelRun,
    Dispatch,
    React,
    ReleaseAsset,
    ReleaseSection,
    Reply,
    SetStatus,
    UpsertComment,
)

GONE = 404  # the status of what is not there
GithubEffect = (
    UpsertComment | Reply | React | SetStatus | Dispatch | CancelRun | ReleaseSection | ReleaseAsset
)


@dataclass(frozen=True, kw_only=True)
class UndeliveredEffect:
    """An effect that could not be had, why, and what mends it. `gone`: what it is done to is."""

    effect: GithubEffect
    reason: str
    next_step: str = ""
    gone: bool = False


@dataclass(frozen=True, kw_only=True)
class DeliveryResult:
    """What became of effects. `comments`: what became of each comment of ours, in their order."""

    done: int
    undelivered: Sequence[UndeliveredEffect]
    comments: Sequence[comments.CommentResult] = ()


def perform(
    client: Client, effects: Sequence[GithubEffect], *, origin: str, resent: bool = False
) -> DeliveryResult:
    """Do the effects in order, and go on after one that fails.

    `origin`: what they follow from, as the id of a workflow run, the same when they are `resent`.
    After a failure that the next would share, such as a lost network, the rest are not tried.
    """
    done: list[comments.CommentResult | None] = []
    undelivered: list[UndeliveredEffect] = []
    hopeless: GithubFailed | None = None
    for effect in effects:
        try:
            if hopeless is not None:
                raise hopeless
            done.append(_do(client, effect, origin=origin, resent=resent))
        except GithubFailed as failed:
            undelivered.append(
                UndeliveredEffect(
                    effect=effect,
                    reason=failed.message,
                    next_step=failed.next_step,
                    gone=failed.status == GONE,
                )
            )
            hopeless = failed if failed.hopeless else None
    upserted = [one for one in done if one is not None]
    return DeliveryResult(done=len(done), undelivered=undelivered, comments=upserted)


def _do(
    client: Client, effect: GithubEffect, *, origin: str, resent: bool
) -> comments.CommentResult | None:
    match effect:
        case UpsertComment():
            return comments.upsert(client, effect)
        case Reply():
            replies.reply(client, effect, origin=origin, resent=resent)
        case React():
            reactions.react(client, effect)
        case SetStatus():
            statuses.set_status(client, effect)
        case Dispatch():
            workflows.dispatch(client, effect)
        case CancelRun():
            workflows.cancel(client, effect)
        case ReleaseSection():
            releases.put_section(client, effect)
        case ReleaseAsset():
            releases.attach(client, effect)
    return None
