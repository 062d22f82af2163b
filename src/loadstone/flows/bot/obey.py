"""A slash command, from the comment to what it has changed: the flow of the task `command`.

    comment ─► facts ─► effects, one after the other ─► what else the command changes

A comment that is no command costs no request, and a stranger's only the one that shows him to be
one, with the answer. After an effect that could not be had, the rest is not done, and the command
is answered as one that failed.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from loadstone.bot import commands
from loadstone.bot.command_effects import CommandResult, decide
from loadstone.bot.commands import Command
from loadstone.bot.grammar import Verb
from loadstone.errors import ArtifactExpired, ArtifactRefused, LoadstoneError
from loadstone.flows.bot import accepted_changes, commanded_comment
from loadstone.flows.bot.command_facts import CommandPlace, gathered
from loadstone.flows.bot.explained import explained
from loadstone.github.perform import GithubEffect, UndeliveredEffect, perform
from loadstone.model.bot import (
    AcceptChange,
    BotEffect,
    CancelRun,
    CommentEvent,
    Dispatch,
    React,
    Reaction,
    Reply,
)
from loadstone.report.common.escape import block

GONE = "the comment was deleted"


@dataclass(frozen=True, kw_only=True)
class CommandOutcome:
    """The outcome of a comment: what was done, in a line each, and whether all of it was.

    `obeyed`: it was a command, by somebody who may. `undelivered`: what GitHub took neither at once
    nor as the answer that it failed, in the order in which it is to be sent.
    """

    lines: Sequence[str] = ()
    obeyed: bool = False
    good: bool = True
    undelivered: Sequence[UndeliveredEffect] = ()
    origin: str = ""  # of these


def obey(
    event: CommentEvent, place: CommandPlace, *, deliver: Callable[[int], None]
) -> CommandOutcome:
    """Obey the command of a comment, or answer why not; a comment that holds none has no effect.

    `deliver`: judges the last results of a pull request again, and says what comes of that. Raises
    `LoadstoneError` where not even the facts can be had, or an answer be given.
    """
    parsed = None if event.bot or not event.on_pull_request else commands.parse(event.body)
    if parsed is None:
        return CommandOutcome(lines=["the comment holds no command"])
    obedience = _Obedience(event, place, deliver)
    try:
        facts = gathered(parsed, event, place)
    except (ArtifactExpired, ArtifactRefused) as error:  # asked for by somebody who may
        return obedience.failed(str(error))
    result = decide(event, place.config, facts)
    try:
        if result.command is None:
            return obedience.refused(result.effects)
        obedience.obey(result, result.command)
    except _CommentGoneError:
        return CommandOutcome(lines=[f"{GONE}: nothing is done"])
    except LoadstoneError as error:
        return obedience.failed(str(error))
    return CommandOutcome(lines=obedience.lines, obeyed=True)


class _CommentGoneError(LoadstoneError):
    """The comment was deleted, and is no command any more."""


class _Obedience:
    """The doing of one command."""

    def __init__(
        self, event: CommentEvent, place: CommandPlace, deliver: Callable[[int], None]
    ) -> None:
        self._event, self._place, self._deliver = event, place, deliver
        self._origin = f"comment-{event.comment}"
        self.lines: list[str] = []
        self._left: list[UndeliveredEffect] = []

    def obey(self, result: CommandResult, command: Command) -> None:
        """Do the effects, then what the command changes beside them; its rocket comes last."""
        rocket = React(comment=self._event.comment, content=Reaction.ROCKET)
        self.all([each for each in result.effects if each != rocket], then=[rocket])
        if command.verb is Verb.EXPLAIN:
            self._explain(command)
            return
        if command.verb is Verb.ACCEPT:
            self._deliver(self._event.number)
            self.lines.append("judged the last result again")
        self.all([rocket])
        if result.state is not None:
            shown = commanded_comment.show(
                self._place.client,
                self._place.config,
                self._event.number,
                result.state,
                components=result.components,
                asked_by=self._event.author,
                results=lambda: self._place.results(self._event.number),
            )
            self.lines.append(f"the comment: {shown.value}")

    def all(self, effects: Sequence[BotEffect], *, then: Sequence[BotEffect] = ()) -> None:
        """Do effects in order; `then` follow later. Raises at the first that could not be had."""
        for place, each in enumerate(effects):
            try:
                self._do(each)
            except _CommentGoneError:
                if not self.lines:
                    raise
                self.lines.append(GONE)  # what it commanded is done all the same
                continue
            except LoadstoneError as error:
                self._leave([*effects[place:], *then], error)
                raise
            self.lines.append(_told(each))

    def refused(self, effects: Sequence[BotEffect]) -> CommandOutcome:
        """Say why the command is not obeyed."""
        try:
            self.all(effects)
        except _CommentGoneError:
            raise
        except LoadstoneError as error:
            self.lines.append(f"not delivered: {error}")
        left = self._left
        return CommandOutcome(
            lines=self.lines, good=not left, undelivered=left, origin=self._origin
        )

    def failed(self, why: str) -> CommandOutcome:
        """Say that the command failed, and why.

        Where not even that can be said, what was not done is left to be sent later: it was wanted.
        """
        self.lines.append(f"failed: {why}")
        left, self._left = self._left, []
        answer: list[BotEffect] = [
            React(comment=self._event.comment, content=Reaction.CONFUSED),
            Reply(number=self._event.number, body=f"That failed:\n\n{block(why)}"),
        ]
        try:
            self.all(answer)
        except LoadstoneError as error:
            self.lines.append(f"not delivered: {error}")
            left = left or self._left
        else:
            left = []
        return CommandOutcome(
            lines=self.lines, obeyed=True, good=False, undelivered=left, origin=self._origin
        )

    def _leave(self, effects: Sequence[BotEffect], error: LoadstoneError) -> None:
        self._left = [
            UndeliveredEffect(effect=each, reason=error.message, next_step=error.next_step or "")
            for each in effects
            if isinstance(each, GithubEffect)
        ]

    def _explain(self, command: Command) -> None:
        found = explained(command, self._place.results(self._event.number))
        sign = Reaction.ROCKET if found.found else Reaction.CONFUSED
        reply = Reply(number=self._event.number, body=found.body)
        self.all([reply, React(comment=self._event.comment, content=sign)])

    def _do(self, effect: BotEffect) -> None:
        match effect:
            case AcceptChange():
                accepted_changes.keep(effect)
            case Reply() | React() | Dispatch() | CancelRun():
                done = perform(self._place.client, [effect], origin=self._origin)
                for each in done.undelivered:
                    if each.gone and isinstance(effect, React):
                        raise _CommentGoneError(each.reason)
                    raise LoadstoneError(each.reason, next_step=each.next_step)
            case _:
                raise LoadstoneError(f"a command has no effect {type(effect).__name__}")


def _told(effect: BotEffect) -> str:
    match effect:
        case React():
            return f"reacted with {effect.content.value}"
        case Reply():
            return f"replied on #{effect.number}"
        case Dispatch():
            return f"started {effect.workflow}"
        case CancelRun():
            return f"cancelled run {effect.run}"
        case AcceptChange():
            return f"accepted {effect.change.metric} in {effect.change.case}"
        case _:
            return type(effect).__name__
