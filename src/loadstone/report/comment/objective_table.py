"""Objectives: those that the head misses, a row each over all cases, and every one by case."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model import Side
from loadstone.report.comment.metric_rows import NAME
from loadstone.report.comment.parts import Fold, FoldKind, Rows
from loadstone.report.common import units, words
from loadstone.report.common.escape import Safe, cell, code, text
from loadstone.report.common.markdown_table import table
from loadstone.report.common.plain import plain
from loadstone.report.common.tones import Tone
from loadstone.report.comparison.view import ComparisonView, ObjectiveRow

_HEADER = ("objective", "head", "base", "where")
_EVERY = ("case", "metric", "objective", "head", "base")


def groups(objectives: Sequence[ObjectiveRow]) -> list[list[ObjectiveRow]]:
    """What the head misses, by metric and bound."""
    found: dict[tuple[str, str], list[ObjectiveRow]] = {}
    for item in objectives:
        if item.tone is Tone.BAD and item.side == Side.HEAD:
            found.setdefault((item.metric, item.bound), []).append(item)
    return list(found.values())


def open_table(missed: Sequence[Sequence[ObjectiveRow]], every: Sequence[ObjectiveRow]) -> Safe:
    """A row for each objective that is missed."""
    return table(_HEADER, [_missed(group, every) for group in missed]) if missed else Safe()


def _missed(group: Sequence[ObjectiveRow], every: Sequence[ObjectiveRow]) -> Sequence[Safe]:
    first = group[0]
    of = sum((item.metric, item.bound, item.side) == _key(first) for item in every)
    where = code(plain(first.short, most=NAME)) if of > 1 else Safe()
    if len(group) > 1:
        said = f"{len(group):,} of {units.count(of, 'case')}, such as"
        where = Safe(f"{text(said)} {where}")
    return (
        Safe(
            f"{words.EMOJI[first.tone]} {text(plain(first.title, most=NAME))} {cell(first.bound)}"
        ),
        cell(first.value),
        Safe(f"{words.EMOJI[first.other_tone]} {cell(first.other)}")
        if first.other_tone
        else Safe(),
        where,
    )


def _key(item: ObjectiveRow) -> tuple[str, str, str]:
    return item.metric, item.bound, item.side


def line(every: Sequence[ObjectiveRow]) -> str:
    """How many objectives the head meets: `3 of 4 met`, `all 4 met`."""
    head = [item for item in every if item.side == Side.HEAD]
    met = sum(item.tone is Tone.GOOD for item in head)
    if met == len(head):
        return f"all {met:,} met" if met > 1 else "met"
    return f"{met:,} of {len(head):,} met"


def every_row(every: Sequence[ObjectiveRow]) -> Rows:
    """Every objective of the head, with what the base measured."""
    return Rows(
        header=_EVERY,
        rows=[
            (
                code(item.short),
                text(item.title),
                cell(item.bound),
                Safe(f"{words.EMOJI[item.tone]} {cell(item.value)}"),
                Safe(f"{words.EMOJI[item.other_tone]} {cell(item.other)}")
                if item.other_tone
                else Safe(),
            )
            for item in every
            if item.side == Side.HEAD
        ],
        numbers=(2, 3, 4),
        noun="objective",
    )


def pieces(
    view: ComparisonView, missed: Sequence[Sequence[ObjectiveRow]], most: int
) -> Sequence[Safe | Fold]:
    """The table of at most so many that are missed, and all of them folded."""
    return [
        open_table(missed[:most], view.objectives),
        Fold(
            kind=FoldKind.MET,
            summary=text(f"Objectives: {line(view.objectives)}"),
            blocks=[every_row(view.objectives)],
        ),
    ]
