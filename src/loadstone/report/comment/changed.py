"""What changed: a row a metric at first sight, every case folded, and what somebody accepted."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.report.comment import accepted_rows, folds, metric_rows
from loadstone.report.comment.accepted_rows import ChangedRows
from loadstone.report.comment.parts import Fold, FoldKind, Lines
from loadstone.report.common import units
from loadstone.report.common.escape import Safe, spans, text
from loadstone.report.comparison.view import ComparisonView


def pieces(
    rows: Sequence[metric_rows.MetricRow], view: ComparisonView, found: ChangedRows, most: int
) -> Sequence[Safe | Fold]:
    """The table of at most so many rows, and the folds below it."""
    more = len(rows) - most
    said = Safe()
    if more > 0 and most:
        said = text(f"{units.count(more, 'more metric')} changed: see below.")
    lines = accepted_rows.told(found, view)
    number = units.count(len(view.changed), "row")
    return [
        metric_rows.open_table(rows[:most]),
        said,
        accepted_rows.open_lines(lines),
        Fold(
            kind=FoldKind.CHANGED,
            summary=text(f"What changed, case by case ({number})"),
            blocks=[
                metric_rows.every_row([*found.news, *found.accepted]),
                Lines(lines=[spans(note) for note in view.noted], noun="note"),
            ],
        ),
        Fold(
            kind=FoldKind.ACCEPTED,
            summary=Safe("More accepted changes"),
            blocks=[accepted_rows.further(lines)],
        ),
        folds.scaling(view),
    ]
