"""The default branch of the repository, which a workflow may start on and baselines are kept of."""

from __future__ import annotations

from loadstone.flows.bot.context import BotContext
from loadstone.system.git import ask


def default_branch(context: BotContext) -> str:
    """The default branch, as the event's payload has it, else as the checkout, else `main`."""
    repository = context.run.event.get("repository")
    said = repository.get("default_branch") if isinstance(repository, dict) else None
    if isinstance(said, str) and said:
        return said
    head = ask(context.repository, "symbolic-ref", "--short", "refs/remotes/origin/HEAD")
    return head.removeprefix("origin/") if head else "main"
