"""The grammar of slash commands: one table, of which parsing, help and documents are made."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from loadstone.bot import more_rounds, safe_words

PREFIX = "/loadstone"


class Verb(StrEnum):
    """The commands that there are."""

    RUN = "run"
    RERUN = "rerun"
    CANCEL = "cancel"
    EXPLAIN = "explain"
    ACCEPT = "accept"
    BASELINE = "baseline"
    BISECT = "bisect"
    HELP = "help"


@dataclass(frozen=True, kw_only=True)
class Argument:
    """A word of a command by its place; `rest` takes all that is left, `many` any number."""

    name: str
    check: Callable[[str], str]
    many: bool = False
    rest: bool = False


@dataclass(frozen=True, kw_only=True)
class Syntax:
    """The words and options that may follow a verb, and what it does."""

    about: str
    arguments: tuple[Argument, ...] = ()
    options: Mapping[str, Callable[[str], str]]


_COMPONENT = {"component": safe_words.file_or_name}
_ROW = (
    Argument(name="case", check=safe_words.case),
    Argument(name="metric", check=safe_words.name),
)

SYNTAX: Mapping[Verb, Syntax] = {
    Verb.RUN: Syntax(
        about="Measure this pull request, or what `base` and `head` say, as the configuration does "
        "for comments, or as said here.",
        arguments=(Argument(name="scenario", check=safe_words.file_or_name, many=True),),
        options={
            "base": safe_words.revision,
            "head": safe_words.revision,
            "rounds": safe_words.rounds,
            "tier": safe_words.name,
            "provider": safe_words.name,
            **_COMPONENT,
        },
    ),
    Verb.RERUN: Syntax(
        about="Measure more of the inconclusive and invalid cases, and add it to what is there; "
        "with a number of `rounds`, of all cases where none is.",
        options={"rounds": safe_words.rounds, **_COMPONENT},
    ),
    Verb.CANCEL: Syntax(about="Stop what is measured or waits for this pull request.", options={}),
    Verb.EXPLAIN: Syntax(
        about="Say why a metric of a case got its verdict.", arguments=_ROW, options=_COMPONENT
    ),
    Verb.ACCEPT: Syntax(
        about="Record that a regression is known and fine, with who, when and why. It fails this "
        "pull request no more, until it expires or grows.",
        arguments=(*_ROW, Argument(name="reason", check=safe_words.reason, rest=True)),
        options=_COMPONENT,
    ),
    Verb.BASELINE: Syntax(
        about="Measure the tip of the base branch, and keep its record as a baseline.",
        options=_COMPONENT,
    ),
    Verb.BISECT: Syntax(
        about="Find the first commit that is surely slower, between `base` and `head` or in this "
        "pull request: by the worst regression of the last result, or as said here.",
        options={
            "base": safe_words.revision,
            "head": safe_words.revision,
            "case": safe_words.case,
            "metric": safe_words.name,
            **_COMPONENT,
        },
    ),
    Verb.HELP: Syntax(about="Show this.", options={}),
}

# What the bot says itself in a command that it dispatches: nobody may say it in a comment.
OWN: Mapping[Verb, Syntax] = {
    Verb.RERUN: Syntax(
        about="Add rounds to those of an earlier run, which was asked for by the other words.",
        arguments=SYNTAX[Verb.RUN].arguments,
        options={
            **SYNTAX[Verb.RUN].options,
            "event": safe_words.name,
            "from": more_rounds.attempt_check,
            "more": more_rounds.rounds_check,
        },
    ),
}


def syntax_of(verb: Verb, *, own: bool = False) -> Syntax:
    """The syntax of a command; `own`: of one that the bot has dispatched."""
    return OWN.get(verb, SYNTAX[verb]) if own else SYNTAX[verb]


def usage(verb: Verb) -> str:
    """The form of a command, as help shows it: `/loadstone explain <case> <metric>`."""
    syntax = SYNTAX[verb]
    said = " ".join(f"{name}=…" for name in syntax.options)
    options = [f"[{said}]"] if said else []
    words = [f"[{each.name}…]" if each.many else f"<{each.name}>" for each in syntax.arguments]
    if syntax.arguments and syntax.arguments[-1].rest:  # which would take them as well
        return " ".join([PREFIX, verb, *words[:-1], *options, words[-1]])
    return " ".join([PREFIX, verb, *words, *options])


def help_table() -> str:
    """Every command with what it does, as a table of Markdown."""
    rows = [f"| `{usage(verb)}` | {syntax.about} |" for verb, syntax in SYNTAX.items()]
    return "\n".join(["| command | does |", "|---|---|", *rows])
