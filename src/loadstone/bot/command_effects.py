"""Effects of a command: what follows from who gave it, what was said, and how things stand.

A refusal is a reaction and a reply that says why. A bot's comment, and one that holds no command,
has no effect at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from loadstone.bot import commands
from loadstone.bot.acceptance import accepted_change
from loadstone.bot.authorised import authorised
from loadstone.bot.commands import Command, CommandRefusal
from loadstone.bot.grammar import Verb, help_table
from loadstone.bot.more_rounds import more_rounds
from loadstone.bot.moved_head import pinned
from loadstone.bot.queue import place, runs_of
from loadstone.bot.rerun import EarlierResult, rerun
from loadstone.bot.safe_words import quoted
from loadstone.bot.slower_commit import searched
from loadstone.formats.configuration import Config, label_of
from loadstone.formats.schema_problems import did_you_mean
from loadstone.model.bot import (
    AcceptChange,
    BotEffect,
    CancelledState,
    CancelRun,
    CommentEvent,
    Dispatch,
    KnownRow,
    Permission,
    PullRequest,
    QueuedState,
    React,
    Reaction,
    Reply,
    WorkflowRun,
)

_FREE = (Verb.HELP,)  # anybody may ask for it
_MEASURING = (Verb.RUN, Verb.RERUN, Verb.BISECT, Verb.BASELINE)
_SHOWN = (Verb.RUN, Verb.RERUN)  # in the comment, while they wait
_CLOSED = (Verb.HELP, Verb.EXPLAIN, Verb.CANCEL)  # what a closed pull request may be asked still


@dataclass(frozen=True, kw_only=True)
class CommandFacts:
    """The facts on which a command is decided.

    `permission`: of who gave it, None for nobody that GitHub knows; `pushed`: when GitHub last saw
    the head come, "" if it does not tell; `ancestor`: the commit that the command's `head` names,
    where it leads to the head, "" else; `runs`: all measurings that are queued or in progress;
    `runner`: the label that one of this command would wait for; `rows`: of the last result here,
    and `results`: what could be added to; `now`: RFC 3339 in UTC.
    """

    permission: Permission | None
    pull: PullRequest | None
    now: str
    pushed: str = ""
    ancestor: str = ""
    default_branch: str = "main"
    runner: str = ""
    runs: Sequence[WorkflowRun] = ()
    rows: Sequence[KnownRow] = ()
    results: Sequence[EarlierResult] = ()


@dataclass(frozen=True, kw_only=True)
class CommandResult:
    """The result of a command: its effects, and what else changes.

    `command`: one that is obeyed, for a flow to carry out where that needs more than effects (the
    words of an explanation, a new judgement once a change is accepted); `state`: of the comment's
    sections, where it changes; `sha`: the commit that was pinned.
    """

    effects: Sequence[BotEffect] = ()
    command: Command | None = None
    state: QueuedState | CancelledState | None = None
    sha: str = ""
    components: Sequence[str] = field(default_factory=tuple)  # of the state, all where empty


NOTHING = CommandResult()
_IDLE = CommandRefusal(what="nothing is measured or waits for this pull request")
_UNKNOWN = CommandRefusal(what="GitHub does not know this pull request")


def decide(event: CommentEvent, config: Config, facts: CommandFacts) -> CommandResult:
    """The result of a comment on an issue or pull request."""
    parsed = None if event.bot or not event.on_pull_request else commands.parse(event.body)
    if parsed is None:
        return NOTHING
    free = isinstance(parsed, Command) and parsed.verb in _FREE
    if not free and not authorised(facts.permission, config.commands.roles):
        return _refused(event, _stranger(config))
    if isinstance(parsed, CommandRefusal):
        return _refused(event, parsed)
    return _obeyed(parsed, event, config, facts)


def _obeyed(
    command: Command, event: CommentEvent, config: Config, facts: CommandFacts
) -> CommandResult:
    if command.verb is Verb.HELP:
        effects = (_react(event, Reaction.ROCKET), Reply(number=event.number, body=help_table()))
        return CommandResult(effects=effects, command=command)
    hindered = _hindered(command, config, facts)
    if facts.pull is None or hindered is not None:
        return _refused(event, hindered or _UNKNOWN)
    if command.verb in _MEASURING:
        return _measured(command, event, config, facts, facts.pull)
    if command.verb is Verb.CANCEL:
        return _cancelled(command, event, facts, facts.pull)
    if command.verb is Verb.ACCEPT:
        return _accepted(command, event, config, facts)
    return CommandResult(effects=(_react(event, Reaction.EYES),), command=command)


def _hindered(command: Command, config: Config, facts: CommandFacts) -> CommandRefusal | None:
    if facts.pull is None:
        return _UNKNOWN
    if not facts.pull.open and command.verb not in _CLOSED:
        return CommandRefusal(what="this pull request is closed", hint="open it again")
    return _unknown_component(command, config)


def _measured(
    command: Command, event: CommentEvent, config: Config, facts: CommandFacts, pull: PullRequest
) -> CommandResult:
    sha = pinned(
        command, pull, commented=event.created, pushed=facts.pushed, ancestor=facts.ancestor
    )
    if isinstance(sha, CommandRefusal):
        return _refused(event, sha)
    said = _dispatched(command, facts, sha)
    if isinstance(said, CommandRefusal):
        return _refused(event, said)
    keeps = command.verb is Verb.BASELINE
    started = Dispatch(
        workflow=config.commands.baseline_workflow if keeps else config.commands.workflow,
        ref=facts.default_branch,
        inputs={
            "command": commands.line(said, own=True),
            "number": str(pull.number),
            "head": sha,
        },
    )
    ahead = place(facts.runs, facts.runner)
    state = QueuedState(sha=sha, runner=facts.runner, ahead=ahead)
    named = [command.options.get("component", "")]
    if "more" in said.options:
        named = list(more_rounds(said.options["from"], said.options["more"]))
    return CommandResult(
        effects=(_react(event, Reaction.EYES), started, _react(event, Reaction.ROCKET)),
        command=command,
        state=state if command.verb in _SHOWN else None,
        sha=sha,
        components=tuple(filter(None, named)),
    )


def _dispatched(command: Command, facts: CommandFacts, sha: str) -> Command | CommandRefusal:
    """The command as it is dispatched: with what only this job knows, of the last results."""
    match command.verb:
        case Verb.RERUN:
            return rerun(command, facts.results, sha=sha)
        case Verb.BISECT:
            return searched(command, facts.rows)
        case _:
            return command


def _cancelled(
    command: Command, event: CommentEvent, facts: CommandFacts, pull: PullRequest
) -> CommandResult:
    found = runs_of(facts.runs, pull.number)
    if not found:
        return _refused(event, _IDLE)
    effects = [CancelRun(run=each.run) for each in found]
    return CommandResult(
        effects=(*effects, _react(event, Reaction.ROCKET)),
        command=command,
        state=CancelledState(sha=pull.head_sha, by=event.author),
        sha=pull.head_sha,
    )


def _accepted(
    command: Command, event: CommentEvent, config: Config, facts: CommandFacts
) -> CommandResult:
    change = accepted_change(
        command,
        facts.rows,
        who=event.author,
        now=facts.now,
        days=config.commands.days,
        number=event.number,
    )
    if isinstance(change, CommandRefusal):
        return _refused(event, change)
    effects = (
        _react(event, Reaction.EYES),
        AcceptChange(store=config.baselines, change=change),
        _react(event, Reaction.ROCKET),
    )
    return CommandResult(effects=effects, command=command)


def _unknown_component(command: Command, config: Config) -> CommandRefusal | None:
    named = command.options.get("component", "")
    known = [label_of(each.name) for each in config.measured()]
    if not named or label_of(named) in known:
        return None
    what = f"this repository measures no component {quoted(named)}"
    return CommandRefusal(what=what, hint=did_you_mean(named, known))


def _stranger(config: Config) -> CommandRefusal:
    roles = ", ".join(config.commands.roles)
    return CommandRefusal(
        what="you may not command this bot here",
        hint=f"it obeys those with one of these roles in the repository, or more: {roles}",
    )


def _refused(event: CommentEvent, refusal: CommandRefusal) -> CommandResult:
    said = refusal.what[:1].upper() + refusal.what[1:]
    body = f"{said}: {refusal.hint}." if refusal.hint else f"{said}."
    body = body.replace("?.", "?")
    return CommandResult(
        effects=(_react(event, Reaction.CONFUSED), Reply(number=event.number, body=body))
    )


def _react(event: CommentEvent, content: Reaction) -> React:
    return React(comment=event.comment, content=content)
