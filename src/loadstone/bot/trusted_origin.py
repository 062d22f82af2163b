"""Origins of what may be kept: the events whose code is the repository's own.

What is kept is what later measurings are held against, so whoever could write it would decide over
all of them. A run that a pull request started is never an origin, whatever it or its inputs say.
"""

from __future__ import annotations

from loadstone.bot import commands
from loadstone.bot.commands import Command
from loadstone.bot.dispatch_title import dispatched
from loadstone.bot.grammar import Verb
from loadstone.model.bot import DispatchEvent, WorkflowRunEvent

_OWN = ("push", "schedule", "workflow_dispatch", "release")  # by whoever may write, or the clock
_TAGS = "refs/tags/"
_BRANCHES = "refs/heads/"


def of_event(name: str, ref: str, *, branch: str) -> str:
    """The reason for which a run of this event and ref is no origin of baselines; "" for one.

    `branch`: the default one, on which alone a measuring may be commanded to be kept.
    """
    if name not in _OWN:
        return f"the event `{name}` may bring code of anybody"
    if name in ("push", "release") and ref.startswith((_TAGS, _BRANCHES)):
        return ""
    if ref == f"{_BRANCHES}{branch}":
        return ""
    return f"`{ref}` is not the default branch"


def of_dispatch(event: DispatchEvent) -> str:
    """The reason for which a dispatch is no origin of baselines; "" for one.

    The default branch dispatches measurings of pull requests, too.
    """
    command = commands.parse(event.inputs.get("command", ""))
    keeps = isinstance(command, Command) and command.verb is Verb.BASELINE
    return "" if keeps else "what was dispatched is no `/loadstone baseline`"


def of_run(run: WorkflowRunEvent, repository: str, *, branch: str) -> str:
    """The reason for which another run is no origin of baselines; "" for one."""
    if run.event not in _OWN:
        return f"run {run.run} was started by `{run.event}`, which may bring code of anybody"
    if run.head_repository.lower() != repository.lower():
        return f"run {run.run} is of another repository"
    if dispatched(run) is not None:
        return f"run {run.run} has measured a pull request"
    if run.event in ("schedule", "workflow_dispatch") and run.head_branch != branch:
        return f"run {run.run} is not of the default branch"
    return ""
