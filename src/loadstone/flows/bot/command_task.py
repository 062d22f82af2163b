"""The task `command`: a comment's command obeyed, or answered why not.

It runs no code of a pull request: what is to be measured is dispatched, and what was measured is
read as hostile and judged by the files of the base.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import cache, partial

from loadstone.action.inputs import ActionInputs
from loadstone.action.runner import RunnerContext
from loadstone.bot.rerun import EarlierResult
from loadstone.errors import LoadstoneError
from loadstone.flows.bot import context as contexts
from loadstone.flows.bot.command_facts import CommandPlace
from loadstone.flows.bot.context import BotContext
from loadstone.flows.bot.default_branch import default_branch
from loadstone.flows.bot.deliver import deliver
from loadstone.flows.bot.earlier_results import earlier_results
from loadstone.flows.bot.git_access import authorised
from loadstone.flows.bot.judged_again import judged_again
from loadstone.flows.bot.kept_outbox import SAID, kept
from loadstone.flows.bot.last_results import judged_runs_of, last_results, sections
from loadstone.flows.bot.obey import obey
from loadstone.flows.bot.runner_label import runner_label
from loadstone.flows.task_result import TaskResult
from loadstone.github.client import Client
from loadstone.github.workflows import read_run
from loadstone.model.bot import CommentEvent
from loadstone.report.comment import Result

Connect = Callable[[BotContext], Client]
_FAILED = 3


def command(
    inputs: ActionInputs, run: RunnerContext, *, connect: Connect = BotContext.client
) -> TaskResult:
    """Obey the command of the comment that the event is of. Raises `LoadstoneError`."""
    context = contexts.read(inputs, run)
    event = context.event
    if not isinstance(event, CommentEvent):
        return TaskResult(text="this event is no new comment")
    with authorised(run, inputs.token), connect(context) as client:
        place = _place(context, client)
        again = partial(_again, context, client, connect)
        outcome = obey(event, place, deliver=again)
    left = outcome.undelivered
    return TaskResult(
        text="\n".join([*outcome.lines, *([SAID] if left else [])]),
        code=0 if outcome.good else _FAILED,
        outputs=kept(run, left, origin=outcome.origin) if left else {},
    )


def _place(context: BotContext, client: Client) -> CommandPlace:
    read, judge = partial(read_run, client), partial(judged_again, context, client)

    @cache  # a command may need them twice
    def results(number: int) -> Mapping[str, Result]:
        return last_results(client, number, lambda run: judge(read(run)))

    def earlier(number: int, sha: str) -> Sequence[EarlierResult]:
        said, minutes = sections(client, number), context.config.minutes.run
        return earlier_results(said, sha=sha, read=read, judge=judge, minutes=minutes)

    return CommandPlace(
        client=client,
        config=context.config,
        branch=default_branch(context),
        runner=runner_label(context.config.commands.workflow, context.repository),
        own=context.run.run,
        now=context.now,
        results=results,
        earlier=earlier,
    )


def _again(context: BotContext, client: Client, connect: Connect, number: int) -> None:
    """Deliver the last results again, judged by what is accepted now."""
    for run in judged_runs_of(client, number):
        done = deliver(replace(context.inputs, run_id=run), context.run, connect=connect)
        if done.code:
            raise LoadstoneError(done.text)
