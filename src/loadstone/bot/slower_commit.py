"""Bisections on a pull request: what a command searches by, and what is remembered of it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

from loadstone.bot.commands import Command, CommandRefusal
from loadstone.formats.configuration import label_of
from loadstone.model import Commit, Note
from loadstone.model.bisect import BisectAnswer, BisectFinding, BisectRecord, BisectStep
from loadstone.model.bot import KnownRow

_SUBJECT = 60  # characters
_SAID = 120
_SUSPECTS = 12
_ODD = re.compile(r"[\s\[\]\"`]")  # what a word of a command, or a glob, means otherwise


def searched(command: Command, rows: Sequence[KnownRow]) -> Command | CommandRefusal:
    """The command with the case and metric that are searched by: as said, or the worst regression.

    `rows`: of the last result. Without one, the measuring finds out whether there is a choice.
    """
    said = command.options
    named = label_of(said.get("component", ""))
    if said.keys() >= {"case", "metric"} or not rows:
        return command
    found = [
        row
        for row in rows
        if row.worse and row.case and row.size is not None and named in ("", row.component)
        if said.get("metric", row.metric) == row.metric
        and fnmatchcase(row.case, said.get("case", "*"))
    ]
    if not found:
        return CommandRefusal(
            what="the last result shows no regression to search for",
            hint="say what to search by, as `case=… metric=…`",
        )
    worst = max(found, key=lambda row: abs(row.size or 0.0) / (row.margin or 1.0))
    fixed = {"component": worst.component, "case": glob(worst.case), "metric": worst.metric}
    return replace(command, options={**said, **fixed})


def glob(case: str) -> str:
    """A glob that this case matches, as one word."""
    return _ODD.sub("?", case)


def finding(record: BisectRecord, *, title: str, whole: bool) -> BisectFinding:
    """The finding of a bisection, for a comment to remember. `title`: as people call the metric."""
    return BisectFinding(
        metric=record.metric.name,
        title=title,
        margin=record.metric.margin,
        case=record.plan.cases[0].case.name,
        answer=record.answer or BisectAnswer.UNDECIDED,
        commits=len(record.commits),
        steps=[_short(each) for each in record.steps],
        suspects=[_commit(each) for each in record.suspects[:_SUSPECTS]],
        among=len(record.suspects),
        cut=record.cut,
        alpha=record.alpha,
        seconds=record.seconds,
        whole=whole,
    )


def _short(step: BisectStep) -> BisectStep:
    why = step.why
    if why is not None:
        data = {
            name: value[:_SAID] if isinstance(value, str) else value
            for name, value in why.data.items()
        }
        why = Note.of(why.code, **data)
    return replace(step, commit=_commit(step.commit), why=why)


def _commit(each: Commit) -> Commit:
    return replace(each, subject=each.subject[:_SUBJECT])
