"""Folded parts that every result has: what did not change, what was not measured, the setup."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.report.comment import chart
from loadstone.report.comment.parts import Block, Fold, FoldKind, Lines, Rows
from loadstone.report.common import units, words
from loadstone.report.common.escape import Safe, block, cell, code, spans, text
from loadstone.report.common.rows import GrowthRow, ReportRow, ShapeRow
from loadstone.report.comparison import detectable
from loadstone.report.comparison.view import ComparisonView, InvalidRuns, UnjudgedMetrics

_COMMITS = 20
_QUIET = ("case", "metric", "base", "head", "change", "sees", "margin")
_STEADY = ("metric", "cases", "change", "margin", "sees")
_SHAPES = ("metric", "over", "base", "head", "exponent", "at the largest size", "verdict")
_GROWTH = ("series", "case", "base", "head", "change of the slope", "verdict")


def unchanged(view: ComparisonView) -> Fold:
    """What is within its margin, by metric and then by case, with what would have been seen."""
    steady = [
        (text(item.title), cell(item.cases), cell(item.span), cell(item.margin), cell(item.sees))
        for item in view.steady
    ]
    return Fold(
        kind=FoldKind.UNCHANGED,
        summary=text(
            f"{len(view.unchanged):,} unchanged, and the change that would have been seen"
        ),
        blocks=[
            Rows(header=_STEADY, rows=steady, numbers=(1, 3, 4), noun="metric"),
            *_quiet(view.unchanged),
        ],
    )


def inconclusive(view: ComparisonView, needs: Sequence[Safe]) -> Fold:
    """What more rounds could settle; without a baseline, what the head measured."""
    number = len(view.inconclusive)
    said = f"{number:,} inconclusive, and what would settle it"
    if view.first:
        said = f"{number:,} {'value' if number == 1 else 'values'} of the head"
    return Fold(
        kind=FoldKind.INCONCLUSIVE,
        summary=text(said),
        blocks=[Lines(lines=needs), *_quiet(view.inconclusive)] if view.inconclusive else [],
    )


def _quiet(rows: Sequence[ReportRow]) -> Sequence[Block]:
    table = Rows(
        header=_QUIET,
        rows=[
            (
                code(row.short) if row.case else text(row.short),
                text(row.title),
                *(cell(each) for each in (row.base, row.head, row.change, row.sees, row.margin)),
            )
            for row in rows
        ],
        numbers=(2, 3, 5, 6),
    )
    blind = any(row.sees == detectable.BLIND for row in rows)
    return [table, text(detectable.BLIND_NOTE) if blind else Safe()]


def not_measured(view: ComparisonView) -> Fold:
    """What has no number that counts, and why."""
    said = [each for each in (view.left_out, _cases(view.unmeasured)) if each]
    lines = [
        *(text(f"not measured: {line}") for line in view.unmeasured),
        *map(_unjudged, view.unjudged),
        *map(_void, view.void),
    ]
    return Fold(
        kind=FoldKind.NOT_MEASURED,
        summary=text(f"All that was not measured or does not count: {'; '.join(said)}"),
        blocks=[Lines(lines=lines)],
    )


def _cases(lines: Sequence[str]) -> str:
    return units.count(len(lines), "case") + " without values" if lines else ""


def _unjudged(item: UnjudgedMetrics) -> Safe:
    why = f" ({'; '.join(item.notes)})" if item.notes else ""
    return Safe(f"{code(item.short)} is not judged: {text(item.metrics + why)}")


def _void(item: InvalidRuns) -> Safe:
    return Safe(f"{code(item.short)}, {text(item.runs)}: {spans(item.reason)}")


def scaling(view: ComparisonView) -> Fold:
    """RunnerMinutes against size with a chart of what changed, and growth in time."""
    found = view.scaling
    lines = [line for line in (found.sizes_line, found.growth_line) if line]
    charts = [
        chart.of_shape(row.shape, view.record.judgement)
        for row in found.told_shapes[: chart.MOST]
        if view.record.judgement
    ]
    return Fold(
        kind=FoldKind.SCALING,
        summary=text(" ".join(lines)),
        blocks=[
            *charts,
            Rows(header=_SHAPES, rows=[_shape(row) for row in found.shapes], numbers=(2, 3)),
            Rows(header=_GROWTH, rows=[_slope(row) for row in found.growth], numbers=(2, 3)),
        ],
    )


def _shape(row: ShapeRow) -> Sequence[Safe]:
    fixed = f", {row.fixed}" if row.fixed else ""
    return (
        text(row.title),
        text(f"{row.axis} {row.sizes}{fixed}"),
        *(cell(each) for each in (row.base, row.head, row.change, row.largest)),
        text(f"{words.EMOJI[row.tone]} {row.says}"),
    )


def _slope(row: GrowthRow) -> Sequence[Safe]:
    return (
        text(row.title),
        code(row.short),
        *(cell(each) for each in (row.base, row.head, row.change)),
        text(f"{words.EMOJI[row.tone]} {row.says}"),
    )


def notes(view: ComparisonView) -> Fold:
    """What is true of single rows that did not change."""
    return Fold(
        kind=FoldKind.NOTES,
        summary=Safe("Notes on rows that did not change"),
        blocks=[Lines(lines=[spans(note) for note in view.quiet], noun="note")],
    )


def warnings(view: ComparisonView) -> Fold:
    """What a reader of the numbers should know of the machine, the cases and the runs."""
    return Fold(
        kind=FoldKind.WARNINGS,
        summary=text(f"Worth knowing: {units.count(len(view.warnings), 'warning')}"),
        blocks=[Lines(lines=[spans(each) for each in view.warnings], noun="warning")],
    )


def commits(view: ComparisonView) -> Fold:
    """The commits between base and head."""
    found = view.commits
    listed = found.lines[:_COMMITS] if found else ()
    lines = [Safe(f"{code(each.hash)} {text(each.subject)}") for each in listed]
    more = found.more(len(lines)) if found else 0
    return Fold(
        kind=FoldKind.COMMITS,
        summary=text(found.short if found else ""),
        blocks=[
            Lines(lines=[*lines, *([text(f"and {more:,} more")] if more else [])], noun="commit")
        ],
    )


def setup(view: ComparisonView) -> Fold:
    """What was measured where, and the command that does it again."""
    return Fold(
        kind=FoldKind.SETUP,
        summary=Safe("Configuration, environment, and how to reproduce"),
        blocks=[
            block(view.command.replace("<!--", "<!\u200b--")),  # no marker but ours
            Rows(
                header=("case", "axes", "time"),
                rows=[
                    (
                        code(each.case),
                        text("; ".join(f"{axis.name} {axis.value}" for axis in each.axes)),
                        text(each.window),
                    )
                    for each in view.setups
                ],
                noun="case",
            ),
            Lines(lines=[spans(note) for note in view.ungated], noun="note"),
            Rows(
                header=("", "base", "head"),
                rows=[(text(one.name), code(one.base), code(one.head)) for one in view.revisions],
                noun="fact",
            ),
            Rows(
                header=("environment", ""),
                rows=[
                    *((text(fact.name), text(fact.value)) for fact in view.environment),
                    *((text(fact.name), code(fact.value)) for fact in view.tools),
                ],
                noun="fact",
            ),
            Lines(lines=[text(look) for look in view.looks], noun="look"),
        ],
    )
