"""The news of a measuring run that are delivered: it waits, it runs, it has ended, with what."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

from loadstone.bot.broken_runs import news_of, without_result
from loadstone.bot.news import CancelNews, News, ProgressNews, QueueNews, SkipNews
from loadstone.bot.queue import place
from loadstone.flows.bot.asked_here import EventRequests
from loadstone.flows.bot.context import BotContext
from loadstone.flows.bot.earlier_attempts import unfetched
from loadstone.flows.bot.fetched_artifacts import FetchedArtifacts
from loadstone.flows.bot.judged_bisection import judged_bisection
from loadstone.flows.bot.judged_more import Judge
from loadstone.flows.bot.measured_run import MeasuredRun
from loadstone.formats.configuration import label_of
from loadstone.github import workflows
from loadstone.github.client import Client
from loadstone.model import Note
from loadstone.model.bot import BISECTION, WorkflowRunEvent
from loadstone.report.comment import Result

SKIPPED = "skipped"  # the conclusion of a run that measured nothing after all


@dataclass(kw_only=True)
class RunNews:
    """The news of each section, with its result and minutes where there are any."""

    news: dict[str, News] = field(default_factory=dict)
    results: dict[str, Result] = field(default_factory=dict)
    minutes: dict[str, float] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)


def news_of_run(
    context: BotContext,
    client: Client,
    event: WorkflowRunEvent,
    run: MeasuredRun,
    asked: EventRequests,
    found: FetchedArtifacts,
    work: Path,
    judge: Judge,
) -> RunNews:
    """The news of a run. `work`: a directory of ours; `found`: what it left, where it has ended."""
    of = BISECTION if run.bisects else ""
    made = RunNews(news={f"{skip.label}{of}": SkipNews(reason=skip.reason) for skip in asked.skips})
    if event.action != "completed":
        left = {f"{each.ask.label}{of}": each.ask.budget for each in asked.measurings}
        left = left or dict.fromkeys(_measured_later(context, run))
        waits = _waiting(context, client, event, left)
        return replace(made, news={**made.news, **waits})
    for each in asked.measurings:
        label = f"{each.ask.label}{of}"
        if each.ask.audit:
            continue
        if event.conclusion == SKIPPED:
            made.news[label] = CancelNews()
            continue
        if not found.paths and each.ask.more is None:
            made.news[label] = _broken(event, found)
            continue
        if each.ask.bisect:
            one = judged_bisection(context, client, run, each, found)
            made.news[label], made.minutes[label] = one.news, one.minutes
            continue
        (files := work / f"files-{each.folder}").mkdir()
        one = judge(each, found if found.paths else unfetched(event, found), files)
        made.notes += one.notes
        made.news[label], made.minutes[label] = one.news, one.minutes
        if one.result is not None:
            made.results[label] = one.result
    return made


def _measured_later(context: BotContext, run: MeasuredRun) -> list[str]:
    """The components of a commit of which only the measuring job knows what it is compared with."""
    return [] if run.pull else [label_of(each.name) for each in context.config.measured()]


def _waiting(
    context: BotContext,
    client: Client,
    event: WorkflowRunEvent,
    seconds: Mapping[str, float | None],
) -> Mapping[str, News]:
    """That it waits, and behind whom; or that it has begun, and how long it may take.

    How far it is, nobody can tell: the job that measures has no token to say it with. A run that
    waits no more, as one that another label started and that was skipped, has nothing to say.
    """
    if event.action == "in_progress":
        return {
            label: ProgressNews(since=context.now, seconds_left=left)
            for label, left in seconds.items()
        }
    recent = workflows.recent_runs(client, context.config.commands.workflow)
    runs = [each for each in recent if each.status != workflows.ENDED]
    if any(each.run == event.run and each not in runs for each in recent):
        return {}
    return dict.fromkeys(seconds, QueueNews(ahead=place(runs, "", run=event.run)))


def _broken(event: WorkflowRunEvent, found: FetchedArtifacts) -> News:
    """Why there is nothing to judge: the run ended badly, or what it left is gone or too large."""
    lost = found.lost
    if lost is not None and lost.reason.code != "no-result":
        return lost
    return news_of(event) or without_result()
