"""Cost against size and growth in time in a terminal: only what changed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.text import Text

from loadstone.report.common.rows import GrowthRow, ShapeRow
from loadstone.report.common.screen import STYLES, columns, left_out, mark
from loadstone.report.comparison.view import Scaling

MOST = 12  # rows of one table


def shapes(scaling: Scaling) -> Iterable[RenderableType]:
    """The exponents that changed."""
    named = [(f"{row.title}, {row.axis}", row) for row in scaling.told_shapes]
    return _table("Cost against size", "metric, over", named)


def growth(scaling: Scaling) -> Iterable[RenderableType]:
    """The slopes that changed."""
    named = [(f"{row.title}, {row.short}", row) for row in scaling.told_growth]
    return _table("Growth in time", "series, case", named)


def _table(
    title: str, first: str, named: Sequence[tuple[str, ShapeRow | GrowthRow]]
) -> Iterable[RenderableType]:
    """Rows by what they are called, the `first` column; nothing where there are none."""
    if not named:
        return
    table = columns(title, first, ("base", "head", "change"))
    for name, row in named[:MOST]:
        table.add_row(mark(row.tone), Text(name), row.base, row.head, _says(row))
    yield table
    yield from left_out(len(named), MOST)


def _says(row: ShapeRow | GrowthRow) -> Text:
    style = STYLES[row.tone]
    return Text.assemble((row.change, style), "\n", (row.says, f"dim {style}"))
