"""The event of a measuring job: the revision that says how it is measured, and facts about it."""

from __future__ import annotations

from dataclasses import dataclass

from loadstone.bot.ask import EventFacts
from loadstone.bot.minutes import SpentMinutes
from loadstone.errors import LoadstoneError
from loadstone.flows.bot import git_facts
from loadstone.flows.bot.context import BotContext, progress
from loadstone.model.bot import (
    BotEvent,
    BranchPush,
    DispatchEvent,
    MergeGroupEvent,
    PullRequestEvent,
    ReleaseEvent,
    ScheduleEvent,
    TagPush,
)
from loadstone.store.protocol import Query


@dataclass(frozen=True, kw_only=True)
class EventPlace:
    """The place of an event: `base`, "" for none, says how it is measured and not the checkout."""

    base: str = ""
    merge_base: str = ""
    number: int = 0


def place_of(context: BotContext, event: BotEvent) -> EventPlace:
    """The place of an event.

    A pull request, be it this event's or that of a command, does not say itself how it is measured.
    """
    repository = context.repository
    match event:
        case PullRequestEvent(pull=pull):
            parted = git_facts.merge_base(repository, pull.base_sha, pull.head_sha)
            return EventPlace(base=parted or pull.base_sha, merge_base=parted, number=pull.number)
        case MergeGroupEvent():
            return EventPlace(base=event.base_sha)
        case DispatchEvent():
            head, number = event.inputs.get("head", ""), event.inputs.get("number", "")
            if not number.isdecimal():
                return EventPlace()
            parted = git_facts.merge_base(repository, context.run.sha, head)
            return EventPlace(base=parted or context.run.sha, merge_base=parted, number=int(number))
        case _:
            return EventPlace()


def facts_of(context: BotContext, event: BotEvent, place: EventPlace) -> EventFacts:
    """The facts on which it is decided, as Git and the store tell them."""
    repository, sha = context.repository, context.run.sha
    changed: tuple[str, ...] | None = None
    releases: tuple[str, ...] = ()
    measured = ""
    match event:
        case PullRequestEvent(pull=pull):
            changed = _changed(context, place.merge_base, pull.head_sha)
        case MergeGroupEvent():
            changed = _changed(context, event.base_sha, event.head_sha)
        case BranchPush():
            changed = _changed(context, event.before, event.sha)
        case TagPush() | ReleaseEvent():
            sha = git_facts.commit_of(repository, event.tag) or sha
            releases = git_facts.releases(repository, sha)
        case ScheduleEvent():
            releases = git_facts.releases(repository, sha)
            measured = _last_measured(context)
        case _:
            pass
    return EventFacts(
        now=context.now,
        changed=changed,
        merge_base=place.merge_base,
        sha=sha,
        measured=measured,
        releases=releases,
        spent=_spent(context, place.number),
    )


def _changed(context: BotContext, base: str, head: str) -> tuple[str, ...] | None:
    if not base or set(base) == {"0"}:
        return None
    return git_facts.changed_files(context.repository, base, head)


def _last_measured(context: BotContext) -> str:
    """The commit of the newest record that is of one which is here."""
    try:
        entries = context.store().list(Query())
    except LoadstoneError as error:
        progress(f"the baselines cannot be read: {error.message}")
        return ""
    known = (each.commit for each in entries if each.commit)
    return next((each for each in known if git_facts.commit_of(context.repository, each)), "")


def _spent(context: BotContext, number: int) -> SpentMinutes:
    """What is spent already; where the ledger cannot be read, the cap of a run alone holds."""
    try:
        return context.spent(number)
    except LoadstoneError as error:
        progress(f"the minutes that are spent are not known: {error.message}")
        return SpentMinutes()
