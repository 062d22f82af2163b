"""The task `deliver`: what a measuring job left is judged anew, and said where people look.

    run ─► whose it is ─► base's files ─► artifact, as hostile ─► verdict ─► comment, status

It has rights, so it never checks out or runs a pull request's code: what is checked out here is the
default branch, and what says how to measure is the base that the pull request left.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from msgspec import UNSET

from loadstone.action.inputs import ActionInputs
from loadstone.action.runner import RunnerContext
from loadstone.bot.command_sections import judged_runs
from loadstone.bot.minutes import LedgerEntry
from loadstone.bot.remarks import remarks
from loadstone.errors import LoadstoneError
from loadstone.flows.bot import context as contexts
from loadstone.flows.bot.asked_here import wanted
from loadstone.flows.bot.comment_delivery import DeliveryOutcome
from loadstone.flows.bot.comment_delivery import deliver as send
from loadstone.flows.bot.context import BotContext, progress
from loadstone.flows.bot.delivered_news import RunDelivery
from loadstone.flows.bot.earlier_attempts import AttemptReader
from loadstone.flows.bot.fetched_artifacts import ENDED, FetchedArtifacts, fetched
from loadstone.flows.bot.git_access import authorised
from loadstone.flows.bot.judged_again import judged_again
from loadstone.flows.bot.judged_more import judge_of
from loadstone.flows.bot.kept_outbox import SAID, kept
from loadstone.flows.bot.measured_run import MeasuredRun, of_run
from loadstone.flows.bot.run_news import SKIPPED, RunNews, news_of_run
from loadstone.flows.task_result import TaskResult
from loadstone.formats.configuration import PLACES, ComponentSettings, Config, label_of
from loadstone.formats.configuration.setting_types import several
from loadstone.github import workflows
from loadstone.github.client import Client
from loadstone.model import Conclusion, Note
from loadstone.model.bot import BISECTION, CommentSection, WorkflowRunEvent
from loadstone.report.comment import Result
from loadstone.system import temporary

_UNSENT = 3


def deliver(
    inputs: ActionInputs,
    run: RunnerContext,
    *,
    connect: Callable[[BotContext], Client] = BotContext.client,
) -> TaskResult:
    """Deliver the news of a measuring run: it waits, it runs, it has ended.

    Raises `GithubFailed` where it cannot even be found out whose it is.
    """
    context = contexts.read(inputs, run, configured=False)
    with authorised(run, inputs.token), connect(context) as client:
        event = workflows.read_run(client, inputs.run_id) if inputs.run_id else context.event
        if not isinstance(event, WorkflowRunEvent):
            return TaskResult(text="this event is no news of a measuring")
        with temporary.directory(run.temporary) as work:
            return _delivered(context, client, event, work)


def _delivered(
    context: BotContext, client: Client, event: WorkflowRunEvent, work: Path
) -> TaskResult:
    found = FetchedArtifacts()
    if event.action == "completed" and event.conclusion in ENDED:
        found = fetched(client, event, work)
    run = of_run(context, client, event, found.said)
    if run is None:
        return TaskResult(text="nobody waits for this run: no open pull request has its commit")
    with contexts.at_revision(context, run.base) as here:
        if not here.config.measured():
            return TaskResult(text=str(contexts.unconfigured(run.base)))
        asked = wanted(here, run.event, run.facts)
        judge = judge_of(here, run, AttemptReader(client=client, work=work))
        news = news_of_run(here, client, event, run, asked, found, work, judge)
        delivery = replace(
            _delivery(here, event, run, news), others=partial(_others, context, client)
        )
        done = send(client, delivery)
        _note_minutes(here, event, run, news.minutes)
    return _result(context, client, done, news)


def _delivery(
    context: BotContext, event: WorkflowRunEvent, run: MeasuredRun, news: RunNews
) -> RunDelivery:
    return RunDelivery(
        number=run.number,
        head=run.pull.head_sha if run.pull else "",
        sha=run.sha,
        run=event.run,
        attempt=event.attempt,
        news=news.news,
        results=news.results,
        notes=[*news.notes, *_notes(context, run)],
        mode=context.config.comment,
        url=event.url,
        known=_sections(context.config),
        withdrawn=event.conclusion == SKIPPED,
        commanded=run.commanded,
    )


def _others(
    context: BotContext, client: Client, sections: Sequence[CommentSection]
) -> dict[str, Result]:
    """The results of other runs; none of those that are no longer kept."""
    found: dict[str, Result] = {}
    for run, attempt in judged_runs(sections):
        try:
            event = replace(workflows.read_run(client, run), attempt=attempt)
            results = judged_again(context, client, event)
        except LoadstoneError as error:
            progress(f"the result of run {run} cannot be shown again: {error.message}")
            continue
        found |= {
            each.component: results[each.component]
            for each in sections
            if (each.run, each.attempt) == (run, attempt) and each.component in results
        }
    return found


def _sections(config: Config) -> list[str]:
    """The names of the sections that there may be."""
    labels = [label_of(each.name) for each in config.measured()]
    return [*labels, *(f"{label}{BISECTION}" for label in labels)]


def _notes(context: BotContext, run: MeasuredRun) -> Sequence[Note]:
    """The remarks on a pull request: which of its files do not count for itself, and the like."""
    if run.pull is None:
        return ()
    config = context.config
    folders = [*config.scenarios, *config.components, "scenarios", "components", "presets"]
    scenarios = [name for each in context.config.measured() for name in _scenarios(config, each)]
    ours = [
        *PLACES,
        *(f"{each.removeprefix('./').rstrip('/')}/**" for each in folders),
        *(each.name for each in config.measured()),
        *scenarios,
    ]
    found = remarks(run.pull, run.facts.changed, base_ahead=run.ahead, ours=ours)
    return [*found, *([Note.of("as-commanded")] if run.commanded else [])]


def _scenarios(config: Config, component: ComponentSettings) -> list[str]:
    said = [each.scenario for each in (config, component) if each.scenario is not UNSET]
    return [name for each in said for name in several(each)]


def _note_minutes(
    context: BotContext, event: WorkflowRunEvent, run: MeasuredRun, minutes: Mapping[str, float]
) -> None:
    """Put what it cost into the ledger; where that cannot be written, the log says so."""
    entries = [
        LedgerEntry(
            run=event.run,
            attempt=event.attempt,
            component=label,
            pull_request=run.number,
            when=context.now,
            minutes=round(each, 2),
        )
        for label, each in minutes.items()
        if each
    ]
    try:
        context.note_minutes(entries)
    except LoadstoneError as error:
        progress(f"the minutes could not be noted: {error}")


def _result(
    context: BotContext, client: Client, done: DeliveryOutcome, news: RunNews
) -> TaskResult:
    comment = done.comment
    lines = [
        f"comment: {comment.outcome.value} {comment.url}".rstrip() if comment else "no comment",
        f"commit statuses: {done.statuses}",
        f"requests of GitHub's API: {client.requests}",
    ]
    outputs = {
        "conclusion": _conclusion(news),
        "minutes": f"{sum(news.minutes.values()):.1f}",
    }
    if not done.undelivered:
        return TaskResult(text="\n".join(lines), outputs=outputs)
    outputs |= kept(context.run, done.undelivered, origin=str(context.run.run))
    lines += [f"not delivered: {each.reason}" for each in done.undelivered]
    lines.append(SAID)
    return TaskResult(text="\n".join(lines), code=_UNSENT, outputs=outputs)


def _conclusion(news: RunNews) -> str:
    order = (Conclusion.INVALID, Conclusion.FAIL, Conclusion.UNSURE, Conclusion.PASS)
    found = [getattr(each, "conclusion", None) for each in news.news.values()]
    return next((each.value for each in order if each in found), "")
