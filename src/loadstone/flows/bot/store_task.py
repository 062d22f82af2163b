"""The task `store`: what a push, the clock or `/loadstone baseline` measured is kept."""

from __future__ import annotations

from collections.abc import Callable

from loadstone.action.inputs import ActionInputs
from loadstone.action.runner import RunnerContext
from loadstone.flows.bot import context as contexts
from loadstone.flows.bot.context import BotContext
from loadstone.flows.bot.git_access import authorised
from loadstone.flows.bot.keep_baselines import KeptBaseline, keep_all
from loadstone.flows.task_result import TaskResult
from loadstone.github.client import Client
from loadstone.system import temporary


def store(
    inputs: ActionInputs,
    run: RunnerContext,
    *,
    connect: Callable[[BotContext], Client] = BotContext.client,
) -> TaskResult:
    """Keep what was measured. Raises `UsageError` for what a pull request has started."""
    context = contexts.read(inputs, run)
    with (
        authorised(run, inputs.token),
        connect(context) as client,
        temporary.directory(run.temporary) as folder,
    ):
        kept = keep_all(context, client, folder)
    text = "\n".join(_line(each) for each in kept) or "nothing was measured that is to be kept"
    return TaskResult(text=text)


def _line(kept: KeptBaseline) -> str:
    if kept.entry is None:
        return f"{kept.component}: not kept: {kept.why}"
    audited = "; its audit is up to date" if kept.audited else ""
    learnt = f"the noise of its series is known from {kept.learnt} records"
    return f"{kept.component}: kept as {kept.entry.key}; {learnt}{audited}"
