"""Baselines of the main branch and of releases, kept and learnt from: the flow of the task `store`.

run ─► may it be kept? ─► sessions ─► store ─► noise, false alarms, minutes
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from loadstone.bot import trusted_origin
from loadstone.bot.events import UnusedEvent
from loadstone.bot.minutes import LedgerEntry
from loadstone.errors import UsageError
from loadstone.flows import audit
from loadstone.flows.bot import git_facts, own_sessions
from loadstone.flows.bot.context import BotContext
from loadstone.flows.bot.default_branch import default_branch
from loadstone.flows.knowledge import noise
from loadstone.formats.configuration import Config, label_of
from loadstone.github.client import Client
from loadstone.github.workflows import read_run
from loadstone.model import Record
from loadstone.model.bot import (
    BotEvent,
    BranchPush,
    DispatchEvent,
    ReleaseEvent,
    ScheduleEvent,
    TagPush,
)
from loadstone.stats.audit.aa_comparisons import unlike
from loadstone.store.protocol import BaselineEntry, Store
from loadstone.system.git import ask


@dataclass(frozen=True, kw_only=True)
class KeptBaseline:
    """A record that is kept, or why it is not; `learnt`: records that its noise comes from."""

    component: str
    entry: BaselineEntry | None = None
    why: str = ""
    learnt: int = 0
    audited: bool = False
    minutes: float = 0.0


def keep_all(context: BotContext, client: Client, folder: Path) -> list[KeptBaseline]:
    """Keep what the run has measured, or the one that the step's inputs name.

    `folder`: an empty directory to work in.
    Raises `UsageError` for a run that a pull request has started, whatever the inputs say, and
    `LoadstoneError` where the store fails.
    """
    run = require_origin(context, client)
    if not _wanted(context.event, context.config):
        return []
    store = context.store()
    folders = own_sessions.fetched(client, run, folder / "artifacts").folders
    found = own_sessions.records(folders, folder, store)
    kept = [keep(record, context, store) for record, _ in found]
    context.note_minutes([_spending(each, context, run) for each in kept])
    return kept


def require_origin(context: BotContext, client: Client) -> int:
    """The run whose sessions may be kept. Raises `UsageError` where they may not."""
    branch = default_branch(context)
    why = trusted_origin.of_event(context.run.event_name, context.run.ref, branch=branch)
    if not why and isinstance(context.event, DispatchEvent):
        why = trusted_origin.of_dispatch(context.event)
    run = context.inputs.run_id or context.run.run
    if not why and run != context.run.run:
        why = trusted_origin.of_run(read_run(client, run), context.run.repository, branch=branch)
    if why:
        raise UsageError(
            f"nothing of this is kept as a baseline: {why}",
            next_step="baselines come from pushes, tags, the clock, and `/loadstone baseline`",
        )
    return run


def keep(record: Record, context: BotContext, store: Store) -> KeptBaseline:
    """Keep one record, and learn from it what the next one of its series is judged by."""
    component = label_of(record.plan.asked or record.plan.component)
    minutes = sum(run.seconds for run in record.runs) / 60
    why = _unfit(record, context.repository)
    if why:
        return KeptBaseline(component=component, why=why, minutes=minutes)
    entry = store.save(record)
    learnt = noise.refresh(record, store).reports
    return KeptBaseline(
        component=component,
        entry=entry,
        learnt=learnt,
        audited=_audited(record, store),
        minutes=minutes,
    )


def _unfit(record: Record, repository: Path) -> str:
    """Why a record is of nothing that could be a baseline; "" where it is."""
    if not any(run.valid for run in record.runs):
        return "no run of it is valid"
    commit = record.plan.head.commit
    here = git_facts.commit_of(repository, "HEAD")
    if commit and ask(repository, "merge-base", "--is-ancestor", commit, here) is None:
        return f"its head {commit[:12]} is not part of {here[:12]}"
    return ""


def _audited(record: Record, store: Store) -> bool:
    """Bring the audit of false alarms up to date, if the record is of one revision twice."""
    if unlike(record.plan) is not None:
        return False
    try:
        audit.run([], store)
    except UsageError:  # there are too few yet
        return False
    return True


def _wanted(event: BotEvent | UnusedEvent, config: Config) -> bool:
    """Whether the configuration has the record of such an event kept."""
    match event:
        case BranchPush():
            return config.events.push.baseline
        case TagPush() | ReleaseEvent():
            return config.events.tag.baseline
        case ScheduleEvent():
            return config.events.schedule.baseline
        case _:
            return True


def _spending(kept: KeptBaseline, context: BotContext, run: int) -> LedgerEntry:
    return LedgerEntry(
        run=run,
        attempt=context.run.attempt,
        component=kept.component,
        pull_request=0,
        when=context.now,
        minutes=kept.minutes,
    )
