"""Series in a terminal: the verdict, then change point by change point, the newest first."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Literal

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from loadstone.report.common import words
from loadstone.report.common.screen import (
    MOST,
    STYLES,
    indented,
    left_out,
    listed,
    mark,
    printed,
    title,
)
from loadstone.report.series.view import ChangeGroup, ChangePointRow, Overview, Section, SeriesView

_COLUMNS = ("before", "after", "change", "by chance")


def render(view: Overview, *, width: int, colour: bool) -> str:
    """The view as text, lines at most `width` columns (40 to 160)."""
    return printed(_parts(view), width=width, colour=colour)


def _parts(view: Overview) -> Iterable[RenderableType]:
    for number, each in enumerate(view.views):
        if number:
            yield Text("")
        yield from _series(each)


def _series(view: SeriesView) -> Iterable[RenderableType]:
    sign = words.GLYPH[view.tone]
    yield Text(f"{sign} {view.says}: {view.title}", f"bold {STYLES[view.tone]}")
    yield indented(view.headline)
    if view.sure:
        yield indented(view.sure, "dim")
    for section in view.sections:
        yield from _section(section)
    yield from listed("Worth knowing", view.notes)
    yield from listed("Not used", view.refused)
    yield Text("")
    yield indented(" · ".join(view.footer), "dim")


def _section(section: Section) -> Iterable[RenderableType]:
    """Every place of a change, and below it a line for each row; all lines in the same columns."""
    yield title(section.title)
    if section.about:
        yield indented(section.about, "dim")
    shown = section.stops[:MOST]
    cells = [_cells(line) for stop in shown for line in stop.lines]
    widths = [max(len(cell[place]) for cell in cells) for place in range(len(_COLUMNS))]
    for stop in shown:
        yield indented(_heading(stop), "bold")
        yield _lines(stop, widths)
    yield from left_out(len(section.stops))
    notes = [note for stop in shown for line in stop.lines for note in line.notes]
    for note in dict.fromkeys(notes):
        yield indented(note, "dim")


def _lines(stop: ChangeGroup, widths: Sequence[int]) -> RenderableType:
    table = Table(box=None, pad_edge=False, padding=(0, 2, 0, 0), show_header=False, expand=True)
    table.add_column("", width=1)
    table.add_column("", overflow="fold", ratio=1)
    for name, width in zip(_COLUMNS, widths, strict=True):
        justify: Literal["left", "right"] = "left" if name == "change" else "right"
        table.add_column("", width=width, no_wrap=True, justify=justify)
    for line in stop.lines:
        before, after, change, chance = _cells(line)
        name_of = Text(f"{line.title}, {line.short}")
        marked = Text(change, STYLES[line.tone])
        table.add_row(mark(line.tone), name_of, before, after, marked, Text(chance, "dim"))
    return table


def _cells(line: ChangePointRow) -> tuple[str, str, str, str]:
    arrow = f"→ {line.after}" if line.after else ""
    return line.before, arrow, line.change, line.chance


def _heading(stop: ChangeGroup) -> str:
    told = (f"between {stop.between}", stop.when, stop.surely, stop.commits)
    return " · ".join(part for part in told if part)
