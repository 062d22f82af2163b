"""The gate of a release, from its tag to its notes: the flow of the task `gate`.

    sessions ─► verdict of each component ─► status ─► section and file of the release ─► record

A file is attached before a release is published, since one that is immutable takes none afterwards.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from loadstone.bot.ask import Ask, EventFacts, Skip
from loadstone.bot.asked import asked
from loadstone.errors import LoadstoneError, UsageError
from loadstone.flows.bot import accepted_changes, git_facts, own_sessions
from loadstone.flows.bot.context import BotContext
from loadstone.flows.bot.keep_baselines import keep, require_origin
from loadstone.flows.bot.release_effects import FIRST, notes_and_files, statuses
from loadstone.flows.bot.release_verdict import ReleaseVerdict, missing, verdict
from loadstone.formats.configuration import label_of
from loadstone.github import releases
from loadstone.github.client import Client
from loadstone.github.perform import UndeliveredEffect, perform
from loadstone.model import Conclusion, Note, Record
from loadstone.model.bot import (
    SKIPS,
    ReleaseEvent,
    TagPush,
)
from loadstone.store.protocol import Store

_HARMLESS = (FIRST, "same-program", "event-off")  # reasons that leave nothing unknown


@dataclass(frozen=True, kw_only=True)
class GatedRelease:
    """A release at the gate: what was said of each component, and what could not be delivered."""

    tag: str
    verdicts: Sequence[ReleaseVerdict] = ()
    skips: Sequence[Skip] = ()
    kept: int = 0
    published: bool = False
    undelivered: Sequence[UndeliveredEffect] = ()
    origin: str = ""  # of the effects

    @property
    def conclusion(self) -> Conclusion:
        """The worst of all components; one that should have been measured and was not: invalid."""
        order = (Conclusion.FAIL, Conclusion.INVALID, Conclusion.UNSURE)
        found = {each.conclusion for each in self.verdicts}
        if any(each.reason.code not in _HARMLESS for each in self.skips):
            found.add(Conclusion.INVALID)
        return next((each for each in order if each in found), Conclusion.PASS)


def gate_release(context: BotContext, client: Client, folder: Path) -> GatedRelease:
    """Let a release pass or not, and say so on its commit, in its notes and in a file of it.

    `folder`: an empty directory to work in.
    Raises `UsageError` for an event that is no release, `LoadstoneError` where the store fails.
    """
    event = context.event
    if not isinstance(event, TagPush | ReleaseEvent):
        raise UsageError(
            f"the gate is for tags and releases, and this is `{context.run.event_name}`",
            next_step='run it on `push: {tags: ["v*"]}`',
        )
    run = require_origin(context, client)
    sha = _commit(context, event)
    before = git_facts.releases(context.repository, sha)
    found = asked(event, context.config, EventFacts(now=context.now, sha=sha, releases=before))
    store = context.store()
    fetched = own_sessions.fetched(client, run, folder / "artifacts") if found.asks else None
    folders = fetched.folders if fetched else ()
    records = {_label(each): each for each, _ in own_sessions.records(folders, folder, store)}
    skips = [*found.skips, *(_skips(context, fetched, found.asks) if fetched else ())]
    left = {each.label for each in skips}
    asks = [each for each in found.asks if each.label not in left]
    verdicts = [_verdict(context, ask, records.get(ask.label), sha, store) for ask in asks]
    effects = [
        *statuses(verdicts, skips, sha=sha, url=context.run.url),
        *notes_and_files(verdicts, tag=event.tag, folder=folder),
    ]
    done = perform(client, effects, origin=_origin(run, context))
    gated = GatedRelease(
        tag=event.tag,
        verdicts=verdicts,
        skips=skips,
        kept=_kept(context, asks, verdicts, store),
        undelivered=done.undelivered,
        origin=_origin(run, context),
    )
    return _published(context, client, gated)


def _origin(run: int, context: BotContext) -> str:
    """What the effects of a gate follow from."""
    return f"{run}-{context.run.attempt}"


def _commit(context: BotContext, event: TagPush | ReleaseEvent) -> str:
    """The commit of a tag; an annotated one is an object of its own, which has no status."""
    sha = git_facts.commit_of(context.repository, f"refs/tags/{event.tag}")
    if not sha:
        raise LoadstoneError(
            f"the tag {event.tag[:100]!r} is not in the repository here",
            next_step="check out with `fetch-depth: 0`",
        )
    return sha


def _skips(
    context: BotContext, fetched: own_sessions.FetchedRun, asks: Sequence[Ask]
) -> list[Skip]:
    """What the measuring job left out after all, as of programs that are the same."""
    labels = [label_of(each.name) for each in context.config.measured()]
    folders = {f"component-{number}": label for number, label in enumerate(labels, start=1)}
    asked_for = {ask.label for ask in asks}
    return [
        Skip(label=folders[folder], reason=reason)
        for folder, reason in fetched.skips.items()
        if folders.get(folder) in asked_for and reason.code in SKIPS
    ]


def _label(record: Record) -> str:
    return label_of(record.plan.asked or record.plan.component)


def _verdict(
    context: BotContext, ask: Ask, record: Record | None, sha: str, store: Store
) -> ReleaseVerdict:
    """The verdict on a component; a record of something else than was asked for is none."""
    if record is None or record.judgement is None:
        return missing(ask.label, Note.of("no-result"))
    head, base = record.plan.head, record.plan.base
    if (head.commit or sha) != sha or (base.asked, head.asked) != (
        ask.base,
        ask.head,
    ):
        return missing(ask.label, Note.of("artifact-revision", side="head"))
    commits = {tag: git_facts.commit_of(context.repository, tag) for tag in ask.against}
    return verdict(
        record,
        ask,
        tag=ask.head,
        commits=commits,
        store=store,
        accepted=accepted_changes.of_release(context.config),
        now=context.now,
    )


def _kept(
    context: BotContext, asks: Sequence[Ask], verdicts: Sequence[ReleaseVerdict], store: Store
) -> int:
    """Keep the records that the configuration wants kept; the number of those."""
    wanted = {ask.label for ask in asks if ask.baseline}
    records = [each.record for each in verdicts if each.component in wanted and each.record]
    return sum(keep(each, context, store).entry is not None for each in records)


def _published(context: BotContext, client: Client, gated: GatedRelease) -> GatedRelease:
    """Publish the draft of a release that passes and is whole, where that is wanted."""
    wanted = context.config.events.tag.publish and bool(gated.verdicts)
    if not wanted or gated.conclusion is not Conclusion.PASS or gated.undelivered:
        return gated
    releases.publish(client, gated.tag)
    return replace(gated, published=True)
