"""Asks of a dispatched command, which the grammar parses that had parsed the comment.

The inputs of a dispatch come from the bot itself, or from whoever may start workflows.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from loadstone.bot import commands
from loadstone.bot.ask import Ask, EventAsks, EventFacts, Skip
from loadstone.bot.commands import Command, CommandRefusal
from loadstone.bot.event_amounts import amount
from loadstone.bot.grammar import PREFIX, Verb
from loadstone.bot.more_rounds import MoreRounds, more_rounds
from loadstone.bot.safe_words import is_commit, like_commit, quoted
from loadstone.bot.saving import same_program
from loadstone.errors import UsageError
from loadstone.formats.configuration import Config, label_of
from loadstone.formats.schema_problems import did_you_mean
from loadstone.model import Note
from loadstone.model.bot import DispatchEvent

RUN = f"{PREFIX} {Verb.RUN}"  # where a person starts the workflow and says nothing more
_SHA = (40, 64)
_SAME = ("component", "event", "from", "more")  # options that ask for nothing else
_SECTIONS = ("comment", "pull_request")  # of the configuration, by which rounds may be added


def by_command(event: DispatchEvent, config: Config, facts: EventFacts) -> EventAsks:
    """The asks of a dispatch. Raises `UsageError` for inputs that are no command to measure."""
    command, number, sha = _inputs(event)
    more = _more(command)
    chosen = _chosen(command, config, more)
    base = command.options.get("base", "") or (facts.merge_base if number else "")
    head = command.options.get("head", "")
    head = sha if not head or (sha and like_commit(head)) else head
    found = EventAsks(event="comment", sha=sha, number=number)
    if command.verb is Verb.BASELINE:
        base = head = facts.sha
    if not head:
        raise UsageError("the command says no head", next_step="write head=REVISION")
    if not base:
        reason = Note.of("no-merge-base")
        skips = [Skip(label=label_of(each.name), reason=reason) for each in chosen]
        return replace(found, skips=skips)
    section = command.options.get("event", "comment")
    asks = [amount(config, each, section, base=base, head=head) for each in chosen]
    asks = [replace(_as_said(ask, command), more=more.get(ask.label)) for ask in asks]
    same = {ask.label: why for ask in asks if (why := same_program(ask.label, facts))}
    return replace(
        found,
        asks=[ask for ask in asks if ask.label not in same],
        skips=[Skip(label=label, reason=why) for label, why in same.items()],
    )


def otherwise(event: DispatchEvent) -> bool:
    """Whether a command asks for something else than the configuration does, or another revision.

    Which component is no such thing. Raises `UsageError` as `by_command` does.
    """
    command, _, sha = _inputs(event)
    said = {name: value for name, value in command.options.items() if name not in _SAME}
    if sha and like_commit(said.get("head", "")):
        del said["head"]  # the head itself, by name
    return bool(said) or bool(command.words.get("scenario"))


def bisects(event: DispatchEvent) -> bool:
    """Whether a command asks for a bisection. Raises `UsageError` as `by_command` does."""
    return _inputs(event)[0].verb is Verb.BISECT


def _inputs(event: DispatchEvent) -> tuple[Command, int, str]:
    said = event.inputs.get("command", "") or RUN
    command = commands.parse(said, own=True)
    if not isinstance(command, Command) or command.verb not in _AS_SAID:
        why = f"{command.what}; {command.hint}" if isinstance(command, CommandRefusal) else ""
        raise UsageError(
            f"the input `command` is nothing to measure: {quoted(said)}",
            next_step=why or "write it as in a comment: /loadstone run head=REVISION",
        )
    number, sha = event.inputs.get("number", ""), event.inputs.get("head", "")
    if number and not (number.isascii() and number.isdecimal() and len(number) < 10):
        raise UsageError("the input `number` is no number", next_step="leave it empty")
    if sha and not (is_commit(sha) and len(sha) in _SHA):
        raise UsageError("the input `head` is no full commit hash", next_step="leave it empty")
    return command, int(number or 0), sha


def _more(command: Command) -> dict[str, MoreRounds]:
    """The rounds that are added, by component. Raises `UsageError` for words that say none."""
    said = command.options
    found = more_rounds(said.get("from", ""), said.get("more", ""))
    added = bool(said.keys() & {"from", "more"})
    if bool(found) is added and said.get("event", "comment") in _SECTIONS:
        return found
    raise UsageError(
        "the input `command` does not say which rounds are added to which",
        next_step=f"comment {PREFIX} {Verb.RERUN} on the pull request, which finds that out",
    )


def _chosen(command: Command, config: Config, more: Mapping[str, MoreRounds]) -> list[Any]:
    if more:
        return [each for each in config.measured() if label_of(each.name) in more]
    named = label_of(command.options.get("component", ""))
    measured = config.measured()
    chosen = [each for each in measured if named in ("", label_of(each.name))]
    if not chosen:
        known = [label_of(each.name) for each in measured]
        raise UsageError(
            f"the configuration has no component {quoted(named)}",
            next_step=did_you_mean(named, known),
        )
    return chosen


def _run(ask: Ask, command: Command) -> Ask:
    """As the configuration has it for comments, but for what the command says."""
    options, scenarios = command.options, command.words.get("scenario", ())
    rounds = options.get("rounds", "")
    return replace(
        ask,
        scenarios=scenarios or ask.scenarios,
        tier=options.get("tier", ask.tier),
        provider=options.get("provider", ask.provider),
        looks=(int(rounds),) if rounds else ask.looks,
    )


_AS_SAID: Mapping[Verb, Callable[[Ask, Command], Ask]] = {
    Verb.RUN: _run,
    Verb.RERUN: _run,  # what it adds to was asked for by the same words
    Verb.BASELINE: lambda ask, _: replace(ask, baseline=True, audit=True),
    Verb.BISECT: lambda ask, command: replace(
        ask,
        bisect=True,
        cases=command.options.get("case", ask.cases),
        metric=command.options.get("metric", ""),
    ),
}


def _as_said(ask: Ask, command: Command) -> Ask:
    return _AS_SAID[command.verb](ask, command)
