"""Slash commands: the first line of a comment, parsed by a fixed grammar.

Nothing but the first line is read, and only where it begins with `/loadstone`: a quotation, an
indented line or a mention in a sentence is no command.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from loadstone.bot.grammar import PREFIX, SYNTAX, Argument, Syntax, Verb, syntax_of, usage
from loadstone.bot.safe_words import quoted

MOST = 1000  # characters of a command
MOST_OWN = 1900  # of one that was dispatched, which stands in the title of its run
_QUOTED = r'(?:"([^"]*)"|`([^`]*)`)(?=\s|$)'
_WORD = re.compile(rf"{_QUOTED}|(\w+=){_QUOTED}|(\S+)")


@dataclass(frozen=True, kw_only=True)
class Command:
    """A command as it was given. `words`: by argument; `options`: by name, those that were said."""

    verb: Verb
    words: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    options: Mapping[str, str] = field(default_factory=dict)

    def word(self, name: str) -> str:
        """The one word of an argument; "" where it was not given."""
        return next(iter(self.words.get(name, ())), "")


@dataclass(frozen=True, kw_only=True)
class CommandRefusal:
    """A refusal of a command: why, and what to do instead, in words for whoever gave it."""

    what: str
    hint: str = ""


def parse(body: str, *, own: bool = False) -> Command | CommandRefusal | None:
    """The command of a comment: None where it holds none, a refusal where it is none of ours.

    `own`: it was dispatched, and may have what the bot alone says.
    """
    line = first_line(body)
    if line != PREFIX and not line.startswith((f"{PREFIX} ", f"{PREFIX}\t")):
        return None
    most = MOST_OWN if own else MOST
    if len(line) > most:
        return CommandRefusal(
            what=f"the command has {len(line)} characters", hint=f"at most {most}"
        )
    verb, *rest = line.removeprefix(PREFIX).split(None, 1) or [Verb.HELP]
    if verb not in SYNTAX:
        return CommandRefusal(what=f"there is no command {quoted(verb)}", hint=_near(verb, SYNTAX))
    return _parsed(Verb(verb), rest[0].strip() if rest else "", own=own)


def first_line(body: str) -> str:
    """The first line of a text, without what ends it."""
    lines = body[: MOST_OWN * 2].splitlines()
    return lines[0].rstrip() if lines else ""


def line(command: Command, *, own: bool = False) -> str:
    """The line by which a command is given: `parse` makes the same command of it."""
    syntax = syntax_of(command.verb, own=own)
    options = [
        f'{name}="{value}"' if re.search(r"\s", value) else f"{name}={value}"
        for name, value in command.options.items()
    ]
    words: list[str] = []
    for argument in syntax.arguments:
        given = command.words.get(argument.name, ())
        words += given if argument.rest else [_spelt(word, syntax) for word in given]
    return " ".join([PREFIX, command.verb, *options, *words])


def _spelt(word: str, syntax: Syntax) -> str:
    return f'"{word}"' if re.search(r"\s", word) or _option(word, syntax) else word


def _parsed(verb: Verb, rest: str, *, own: bool) -> Command | CommandRefusal:
    syntax = syntax_of(verb, own=own)
    words: dict[str, tuple[str, ...]] = {}
    options: dict[str, str] = {}
    waiting = list(syntax.arguments)
    while rest:
        if waiting and waiting[0].rest and not _option(rest, syntax):
            words[waiting.pop(0).name] = (rest,)
            break
        found = _WORD.match(rest)
        assert found is not None  # noqa: S101  (rest begins with no space)
        word, rest = _unquoted(found), rest[found.end() :].lstrip()
        named, is_option, value = word.partition("=")
        if (
            is_option
            and (found[3] or found[6])
            and (named in syntax.options or _like_option(named, waiting))
        ):
            refused = _take(named, value, syntax, options)
        elif waiting:
            refused = ""
            argument = waiting[0] if waiting[0].many else waiting.pop(0)
            words[argument.name] = (*words.get(argument.name, ()), word)
        else:
            refused = f"{quoted(word)} is one word too many"
        if refused:
            return CommandRefusal(what=refused, hint=_hint(verb, named, syntax, bool(is_option)))
    return _checked(Command(verb=verb, words=words, options=options), syntax)


def _unquoted(found: re.Match[str]) -> str:
    return "".join(group for group in found.groups() if group is not None)


def _option(rest: str, syntax: Syntax) -> bool:
    return any(rest.startswith(f"{name}=") for name in syntax.options)


def _like_option(named: str, waiting: list[Argument]) -> bool:
    """Whether a word with `=` can only be meant as an option: a case has those too."""
    return named.isidentifier() and not (waiting and waiting[0].name == "case")


def _take(named: str, value: str, syntax: Syntax, options: dict[str, str]) -> str:
    """Take an option; what is wrong with it, or ""."""
    if named not in syntax.options:
        return f"there is no option {quoted(named)} here"
    if named in options:
        return f"{quoted(named)} is there twice"
    options[named] = value
    return ""


def _checked(command: Command, syntax: Syntax) -> Command | CommandRefusal:
    for argument in syntax.arguments:
        given = command.words.get(argument.name, ())
        if not given and not argument.many:
            return CommandRefusal(what=f"the {argument.name} is missing", hint=_form(command.verb))
        for word in given:
            if wanted := argument.check(word):
                what = f"{quoted(word)} is no {argument.name}"
                return CommandRefusal(what=what, hint=f"it has to be {wanted}")
    for name, value in command.options.items():
        if wanted := syntax.options[name](value):
            what = f"{quoted(f'{name}={value}')} cannot be taken"
            return CommandRefusal(what=what, hint=f"it has to be {wanted}")
    return command


def _hint(verb: Verb, named: str, syntax: Syntax, is_option: bool) -> str:
    if is_option and syntax.options and named not in syntax.options:
        return _near(named, syntax.options)
    return _form(verb)


def _form(verb: Verb) -> str:
    return f"write `{usage(verb)}`"


def _near(word: str, known: Iterable[str]) -> str:
    names = list(known)
    if near := difflib.get_close_matches(word[:50], names, n=1, cutoff=0.6):
        return f"did you mean `{near[0]}`?"
    return f"there are {', '.join(f'`{name}`' for name in names)}"
