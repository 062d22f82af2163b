"""Cost against size and growth in time in a terminal: only what changed."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from loadstone.report.common.rows import GrowthRow, ShapeRow
from loadstone.report.common.screen import STYLES, columns, left_out, mark
from loadstone.report.comparison.view import Scaling

MOST = 12  # rows of one table


def shapes(scaling: Scaling) -> Iterable[RenderableType]:
    """The exponents that changed."""
    rows = scaling.told_shapes
    if not rows:
        return
    table = columns("Cost against size", "metric, over", ("base", "head", "change"))
    for row in rows[:MOST]:
        name = Text(f"{row.title}, {row.axis}")
        table.add_row(mark(row.tone), name, row.base, row.head, _says(row))
    yield table
    yield from left_out(len(rows), MOST)


def growth(scaling: Scaling) -> Iterable[RenderableType]:
    """The slopes that changed."""
    rows = scaling.told_growth
    if not rows:
        return
    table = columns("Growth in time", "series, case", ("base", "head", "change"))
    for row in rows[:MOST]:
        name = Text(f"{row.title}, {row.short}")
        table.add_row(mark(row.tone), name, row.base, row.head, _says(row))
    yield table
    yield from left_out(len(rows), MOST)


def _says(row: ShapeRow | GrowthRow) -> Text:
    style = STYLES[row.tone]
    return Text.assemble((row.change, style), "\n", (row.says, f"dim {style}"))
