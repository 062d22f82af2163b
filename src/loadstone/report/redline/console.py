"""Redlines in a terminal: the verdict, a line per side, a line per size, what is left open."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from loadstone.report.common import words
from loadstone.report.common.screen import STYLES, between, columns, indented, listed, printed
from loadstone.report.redline.view import RedlineView


def render(view: RedlineView, *, width: int, colour: bool) -> str:
    """The view as text, lines at most `width` columns (40 to 160)."""
    return printed(_parts(view), width=width, colour=colour)


def _parts(view: RedlineView) -> Iterable[RenderableType]:
    mark = words.GLYPH[view.tone]
    yield Text(f"{mark} {view.says}: {view.title}", f"bold {STYLES[view.tone]}")
    yield indented(view.headline)
    yield indented(view.sure, "dim")
    yield from between(view.commits)
    yield _sides(view)
    yield _steps(view)
    yield from listed("Left undecided", view.open)
    yield from listed("Worth knowing", view.warnings)
    yield Text("")
    yield indented(" · ".join(view.footer), "dim")
    yield indented(f"again: {view.command}", "dim")


def _sides(view: RedlineView) -> RenderableType:
    table = columns("Redlines", "revision", ("redline", "met", "missed", "tried"))
    for row in view.sides:
        redline = Text(row.redline, STYLES[row.tone])
        table.add_row(row.side, row.revision, redline, row.met, row.missed, row.runs)
    return table


def _steps(view: RedlineView) -> RenderableType:
    """A line for each size; the widest column is the last one."""
    table = columns("Every size", "size", ("", "runs"))
    table.columns[1].justify = "right"
    table.columns[1].overflow, table.columns[1].no_wrap = "ellipsis", True
    table.columns[1].min_width = None
    for column in table.columns[2:]:
        column.justify = "left"
    table.add_column("worst objective (range of the runs)", overflow="fold", min_width=20)
    side = ""
    for row in view.steps:
        said = Text(f"{words.GLYPH[row.tone]} {row.says}", STYLES[row.tone])
        worst = "; ".join(part for part in (row.worst, row.note) if part)
        table.add_row("" if row.side == side else row.side, row.size, said, row.runs, worst)
        side = row.side
    return table
