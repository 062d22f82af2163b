"""Asks of an event: what is measured of each component, or the reason why nothing is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loadstone.bot.ask import Ask, EventAsks, EventFacts, Skip
from loadstone.bot.asked_by_command import by_command
from loadstone.bot.event_amounts import amount
from loadstone.bot.path_globs import matches
from loadstone.bot.saving import affordable, worth_it
from loadstone.errors import UsageError
from loadstone.formats.configuration import ComponentSettings, Config, label_of
from loadstone.model import Note
from loadstone.model.bot import (
    BotEvent,
    BranchPush,
    CommentEvent,
    DispatchEvent,
    MergeGroupEvent,
    PullRequest,
    PullRequestAction,
    PullRequestEvent,
    ReleaseEvent,
    ScheduleEvent,
    TagPush,
    WorkflowRunEvent,
)

_NOTHING_BEFORE = Note.of("nothing-before")
_NO_COMMIT = "0" * 40
_LABELS = (PullRequestAction.LABELED, PullRequestAction.UNLABELED)


def asked(event: BotEvent, config: Config, facts: EventFacts) -> EventAsks:
    """The asks and skips of an event. A comment asks for nothing itself: its command is dispatched.

    Raises `UsageError` for inputs of a dispatch that are no command, and for a configuration that
    names no component, or no scenario for one.
    """
    if not config.measured():
        raise UsageError(
            "the configuration names no component", next_step="add `component: FILE` to it"
        )
    match event:
        case CommentEvent() | WorkflowRunEvent():
            return EventAsks(event="comment")
        case DispatchEvent():
            return _afford(by_command(event, config, facts), config, facts)
        case PullRequestEvent() | MergeGroupEvent():
            return _before_merge(event, config, facts)
        case BranchPush() | TagPush() | ReleaseEvent() | ScheduleEvent():
            return _after_merge(event, config, facts)


def _before_merge(
    event: PullRequestEvent | MergeGroupEvent, config: Config, facts: EventFacts
) -> EventAsks:
    if isinstance(event, PullRequestEvent):
        return _of_pull_request(event, config, facts)
    group = EventAsks(event="merge_group", sha=event.head_sha)
    return _all(group, config, facts, base=event.base_sha, head=event.head_sha)


def _after_merge(
    event: BranchPush | TagPush | ReleaseEvent | ScheduleEvent, config: Config, facts: EventFacts
) -> EventAsks:
    match event:
        case BranchPush():
            return _of_push(event, config, facts)
        case TagPush() | ReleaseEvent():
            return _of_tag(event, config, facts)
        case ScheduleEvent():
            return _of_schedule(config, facts)


def _of_pull_request(event: PullRequestEvent, config: Config, facts: EventFacts) -> EventAsks:
    pull, settings = event.pull, config.events.pull_request
    found = EventAsks(event="pull_request", sha=pull.head_sha, number=pull.number)
    wanted = {label.lower() for label in settings.labels}
    other_label = event.action in _LABELS and event.label.lower() not in wanted
    if other_label or not pull.open:
        return found
    reason = _unwanted(pull, config, wanted)
    if reason is None and not facts.merge_base:
        reason = Note.of("no-merge-base")
    if reason is not None:
        return _none(found, config, reason)
    return _all(found, config, facts, base=facts.merge_base, head=pull.head_sha)


def _unwanted(pull: PullRequest, config: Config, labels: set[str]) -> Note | None:
    settings = config.events.pull_request
    if pull.draft and not settings.drafts:
        return Note.of("draft")
    if labels and not labels & {label.lower() for label in pull.labels}:
        return Note.of("label-missing", labels=", ".join(settings.labels))
    return None


def _of_push(event: BranchPush, config: Config, facts: EventFacts) -> EventAsks:
    settings = config.events.push
    found = EventAsks(event="push", sha=event.sha)
    named = matches(event.branch, settings.branches) if settings.branches else event.default
    if event.deleted or not named:
        return found
    if event.before == _NO_COMMIT:
        return _none(found, config, _NOTHING_BEFORE)
    made = _all(found, config, facts, base=event.before, head=event.sha)
    return _kept(made) if settings.baseline else made


def _of_tag(event: TagPush | ReleaseEvent, config: Config, facts: EventFacts) -> EventAsks:
    settings = config.events.tag
    found = EventAsks(event="tag", sha=event.sha if isinstance(event, TagPush) else facts.sha)
    deleted = isinstance(event, TagPush) and event.deleted
    if deleted or not matches(event.tag, settings.tags):
        return found
    before = [tag for tag in facts.releases if tag != event.tag]
    if not before:
        return _none(found, config, _NOTHING_BEFORE)
    whole = replace(facts, changed=None)  # a release is judged, whatever changed in it
    made = _all(found, config, whole, base=before[0], head=event.tag)
    asks = [replace(ask, against=tuple(before[: settings.last])) for ask in made.asks]
    made = replace(made, asks=asks)
    return _kept(made) if settings.baseline else made


def _of_schedule(config: Config, facts: EventFacts) -> EventAsks:
    settings = config.events.schedule
    found = EventAsks(event="schedule", sha=facts.sha)
    before = facts.measured or next(iter(facts.releases), "")
    if not before:
        made = _none(found, config, _NOTHING_BEFORE)
    elif before == facts.sha:
        made = _none(found, config, Note.of("same-commit", sha=facts.sha))
    else:
        made = _all(found, config, facts, base=before, head=facts.sha)
    made = _kept(made) if settings.baseline else made
    if not settings.audit or not settings.measure:
        return made
    same = [
        replace(amount(config, each, "schedule", base=facts.sha, head=facts.sha), audit=True)
        for each in config.measured()
    ]
    audits = _afford(replace(found, asks=same), config, facts)
    return replace(made, asks=(*made.asks, *audits.asks), skips=(*made.skips, *audits.skips))


def _all(found: EventAsks, config: Config, facts: EventFacts, *, base: str, head: str) -> EventAsks:
    """Each component that is worth it and can be afforded."""
    if not getattr(config.events, found.event).measure:
        return _none(found, config, Note.of("event-off", event=found.event))
    asks: list[Ask] = []
    skips: list[Skip] = []
    for each in config.measured():
        ask = amount(config, each, found.event, base=base, head=head)
        reason = worth_it(each, config, facts)
        if reason is None:
            asks.append(ask)
        else:
            skips.append(Skip(label=ask.label, reason=reason))
    return _afford(replace(found, asks=asks, skips=skips), config, facts)


def _afford(found: EventAsks, config: Config, facts: EventFacts) -> EventAsks:
    asks, skips = affordable(found.asks, config.minutes, facts, number=found.number)
    return replace(found, asks=asks, skips=(*found.skips, *skips))


def _none(found: EventAsks, config: Config, reason: Note) -> EventAsks:
    return replace(found, skips=_skips(config.measured(), reason))


def _skips(components: Sequence[ComponentSettings], reason: Note) -> list[Skip]:
    return [Skip(label=label_of(each.name), reason=reason) for each in components]


def _kept(made: EventAsks) -> EventAsks:
    return replace(made, asks=[replace(ask, baseline=True) for ask in made.asks])
