"""The command `rerun`: what is dispatched for it, by what the last results leave unsettled."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from loadstone.bot import commands
from loadstone.bot.commands import Command, CommandRefusal
from loadstone.bot.grammar import OWN, PREFIX, SYNTAX, Verb
from loadstone.bot.more_rounds import MoreRounds, attempt_word, rounds_word
from loadstone.bot.safe_words import quoted
from loadstone.formats.configuration import label_of
from loadstone.model.bot import DispatchEvent

_OWN = OWN[Verb.RERUN].options.keys() - SYNTAX[Verb.RUN].options.keys()
_ADDED = ("from", "more")
_SETTLED = CommandRefusal(
    what="nothing is inconclusive or invalid in the last result, so no round would be added",
    hint=f"`{PREFIX} {Verb.RERUN} rounds=4` adds some nevertheless, and `{PREFIX} {Verb.RUN}` "
    "measures everything anew",
)


@dataclass(frozen=True, kw_only=True)
class EarlierResult:
    """The last result of some components: what rounds can be added to.

    `sha`: the commit that was measured. `event`: the section of the configuration that said how
    much of it, and `command` what was commanded otherwise, if anything was. `more`: what would
    settle it, by component; of a component that is settled, `settled` has a round of all cases.
    """

    run: int
    attempt: int
    sha: str
    event: str
    command: Command | None = None
    more: Mapping[str, MoreRounds] = field(default_factory=dict)
    settled: Mapping[str, MoreRounds] = field(default_factory=dict)


def rerun(
    command: Command, results: Sequence[EarlierResult], *, sha: str
) -> Command | CommandRefusal:
    """The command that is dispatched for a `rerun` of a commit, or why none is.

    Where the commit has no result that could be added to, it is measured as if for the first time.
    """
    named = label_of(command.options.get("component", ""))
    here = [each for each in results if each.sha == sha and _of(each, named)]
    if not here:
        return Command(verb=command.verb, options=_without(command.options, "rounds"))
    rounds = int(command.options.get("rounds", "0"))
    if rounds:
        here = [_asked(each, rounds, any(each.more for each in here)) for each in here]
    open_ = [each for each in here if _more(each, named)]
    if not open_:
        return _SETTLED
    if len(open_) > 1:
        labels = sorted(label for each in open_ for label in _more(each, named))
        which = ", ".join(quoted(label) for label in labels)
        return CommandRefusal(
            what=f"the last results of {which} are of several measurings",
            hint="say which by `component=…`",
        )
    return _added(open_[0], _more(open_[0], named))


def _asked(result: EarlierResult, rounds: int, some: bool) -> EarlierResult:
    """With so many rounds, of all cases where nothing anywhere has to be settled."""
    more = result.more if some else result.settled
    return replace(
        result, more={label: replace(each, rounds=rounds) for label, each in more.items()}
    )


def _without(options: Mapping[str, str], *names: str) -> dict[str, str]:
    return {name: value for name, value in options.items() if name not in names}


def added_to(event: DispatchEvent) -> DispatchEvent:
    """The dispatch as it would have been for what its rounds are added to."""
    command = commands.parse(event.inputs.get("command", ""), own=True)
    if not isinstance(command, Command):
        return event
    command = replace(command, options=_without(command.options, *_ADDED))
    line = commands.line(command, own=True)
    return replace(event, inputs={**event.inputs, "command": line})


def _of(result: EarlierResult, named: str) -> bool:
    return not named or named in result.more or named in result.settled


def _more(result: EarlierResult, named: str) -> Mapping[str, MoreRounds]:
    return {label: each for label, each in result.more.items() if named in ("", label)}


def _added(result: EarlierResult, more: Mapping[str, MoreRounds]) -> Command | CommandRefusal:
    word = rounds_word(more)
    if not word:
        return CommandRefusal(
            what="the name of a component cannot be said in a command",
            hint=f"`{PREFIX} {Verb.RUN}` measures everything anew",
        )
    before = result.command
    options = _without(before.options if before else {}, *_OWN, "component")
    own = {
        "event": result.event,
        "from": attempt_word(result.run, result.attempt),
        "more": word,
    }
    return Command(
        verb=Verb.RERUN, words=before.words if before else {}, options={**options, **own}
    )
