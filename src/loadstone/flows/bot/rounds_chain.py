"""The chain of runs that add rounds to one another, by their titles, the oldest first."""

from __future__ import annotations

from dataclasses import dataclass

from loadstone.bot.asked_by_command import by_command
from loadstone.bot.broken_runs import refused
from loadstone.bot.dispatch_title import dispatched
from loadstone.bot.more_rounds import MoreRounds
from loadstone.bot.news import FailureNews
from loadstone.errors import GithubFailed, UsageError
from loadstone.flows.bot.asked_here import ComponentRequest
from loadstone.flows.bot.context import BotContext
from loadstone.flows.bot.earlier_attempts import AttemptReader
from loadstone.flows.bot.fetched_artifacts import FetchedArtifacts
from loadstone.flows.bot.measured_run import MeasuredRun
from loadstone.model.bot import WorkflowRunEvent

MOST = 6  # runs that add to one another


@dataclass(frozen=True, kw_only=True)
class AddedRun:
    """A run that adds to the one before it, or the first, which adds to none."""

    found: FetchedArtifacts
    more: MoreRounds | None


def chain_of(
    context: BotContext,
    run: MeasuredRun,
    each: ComponentRequest,
    found: FetchedArtifacts,
    attempts: AttemptReader,
) -> list[AddedRun] | FailureNews:
    """The runs that add to one another, the oldest first; or why there are none to add to."""
    chain = [AddedRun(found=found, more=each.ask.more)]
    while (more := chain[0].more) is not None:
        if len(chain) == MOST:
            return refused(f"more than {MOST} runs add to one another")
        try:
            read = attempts.read(more.run, more.attempt)
        except GithubFailed as failed:
            if failed.status != 404:
                raise
            return refused("the run that it adds to is gone")
        if not _same(read.event, run):
            return refused("the run that it adds to has measured something else")
        chain.insert(0, AddedRun(found=read.found, more=_more(context, run, each, read.event)))
    return chain


def _same(earlier: WorkflowRunEvent, run: MeasuredRun) -> bool:
    """Whether a run was of the commit and the pull request that this one is of."""
    if earlier.event == "pull_request":
        return earlier.head_sha == run.sha
    said = dispatched(earlier)
    return said is not None and (said.inputs["head"], said.inputs["number"]) == (
        run.sha,
        str(run.number),
    )


def _more(
    context: BotContext, run: MeasuredRun, each: ComponentRequest, earlier: WorkflowRunEvent
) -> MoreRounds | None:
    event = dispatched(earlier)
    if event is None:
        return None
    try:
        asks = by_command(event, context.config, run.facts).asks
    except UsageError:
        return None
    return next((ask.more for ask in asks if ask.label == each.ask.label), None)
