"""The facts on which a command is decided, asked of GitHub as far as the command needs them."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from loadstone.bot.authorised import authorised
from loadstone.bot.command_effects import CommandFacts
from loadstone.bot.commands import Command, CommandRefusal
from loadstone.bot.grammar import Verb
from loadstone.bot.rerun import EarlierResult
from loadstone.bot.safe_words import is_commit
from loadstone.errors import GithubFailed
from loadstone.flows.bot.known_rows import known_rows
from loadstone.formats.configuration import Config
from loadstone.github import permissions, pulls, workflows
from loadstone.github.client import Client
from loadstone.model.bot import CommentEvent, PullRequest, WorkflowRun
from loadstone.report.comment import Result

_MEASURING = (Verb.RUN, Verb.RERUN, Verb.BISECT, Verb.BASELINE)


@dataclass(frozen=True, kw_only=True)
class CommandPlace:
    """The place where a command is obeyed.

    `branch`: the default one. `runner`: the label that measurings wait for. `own`: the workflow run
    that obeys. `results`: gives the last results of a pull request, by component, and `earlier`
    those of a commit, as what rounds can be added to.
    """

    client: Client
    config: Config
    branch: str
    runner: str
    own: int
    now: str
    results: Callable[[int], Mapping[str, Result]]
    earlier: Callable[[int, str], Sequence[EarlierResult]] = lambda *_: ()


def gathered(
    parsed: Command | CommandRefusal, event: CommentEvent, place: CommandPlace
) -> CommandFacts:
    """The facts; of somebody who may not command, nothing but that. At most 4 requests.

    The results of a pull request, which cost more, are asked for by `accept`, `rerun` and
    `bisect` alone.
    """
    nothing = CommandFacts(permission=None, pull=None, now=place.now)
    verb = parsed.verb if isinstance(parsed, Command) else None
    if verb is Verb.HELP:
        return nothing
    permission = permissions.permission(place.client, event.author)
    facts = replace(nothing, permission=permission)
    if verb is None or not authorised(permission, place.config.commands.roles):
        return facts
    pull = _pull(place.client, event.number)
    facts = replace(facts, pull=pull, default_branch=place.branch, runner=place.runner)
    if pull is None:
        return facts
    if verb in _MEASURING:
        facts = replace(
            facts,
            pushed=workflows.last_pushed(place.client, pull),
            ancestor=_ancestor(place.client, pull, parsed),
        )
    if verb in (*_MEASURING, Verb.CANCEL):
        facts = replace(facts, runs=_measurings(place, pull))
    if verb is Verb.RERUN:
        facts = replace(facts, results=place.earlier(event.number, pull.head_sha))
    if verb is Verb.ACCEPT or (verb is Verb.BISECT and not _said(parsed)):
        facts = replace(facts, rows=known_rows(place.results(event.number)))
    return facts


def _ancestor(client: Client, pull: PullRequest, parsed: Command | CommandRefusal) -> str:
    """The commit that `head=` names, where it leads to the head; a request, if that is another."""
    named = parsed.options.get("head", "").lower() if isinstance(parsed, Command) else ""
    if not is_commit(named) or pull.head_sha.startswith(named):
        return ""
    try:
        found = pulls.merge_base(client, base=named, head=pull.head_sha)
    except GithubFailed as failed:
        if failed.status != 404:
            raise
        return ""
    return found.sha if found.sha.startswith(named) and not found.behind else ""


def _said(parsed: Command | CommandRefusal) -> bool:
    """Whether a bisection says itself by what it searches."""
    return isinstance(parsed, Command) and parsed.options.keys() >= {"case", "metric"}


def _pull(client: Client, number: int) -> PullRequest | None:
    try:
        return pulls.read_pull(client, number)
    except GithubFailed as failed:
        if failed.status != 404:
            raise
        return None


def _measurings(place: CommandPlace, pull: PullRequest) -> Sequence[WorkflowRun]:
    """The measurings that are open, without the run that obeys the command.

    Of a run from a fork GitHub names no pull request, so it is known by its commit.
    """
    found = workflows.open_runs(place.client, place.config.commands.workflow)
    others = [each for each in found if each.run != place.own]
    return [
        replace(each, number=pull.number) if not each.number and each.sha == pull.head_sha else each
        for each in others
    ]
