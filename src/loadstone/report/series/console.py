"""Series in a terminal: the verdict, then change point by change point, the newest first."""

from __future__ import annotations

from collections.abc import Iterable

from rich.console import RenderableType
from rich.text import Text

from loadstone.report import words
from loadstone.report.screen import (
    MOST,
    STYLES,
    columns,
    indented,
    left_out,
    listed,
    mark,
    printed,
)
from loadstone.report.series.view import Overview, Section, SeriesView, Stop


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
    yield indented(view.sure, "dim")
    for section in view.sections:
        yield from _section(section)
    yield from listed("Worth knowing", view.notes)
    yield from listed("Not used", view.refused)
    yield Text("")
    yield indented(" · ".join(view.footer), "dim")


def _section(section: Section) -> Iterable[RenderableType]:
    table = columns(section.title, "metric, case", ("before", "after", "change", "by chance"))
    for stop in section.stops[:MOST]:
        table.add_row("", Text(_heading(stop), "bold"))
        for line in stop.lines:
            style = STYLES[line.tone]
            name = Text(f"  {line.title}, {line.short}")
            change = Text(line.change, style)
            table.add_row(mark(line.tone), name, line.before, line.after, change, line.chance)
    yield table
    yield from left_out(len(section.stops))
    if section.about:
        yield indented(section.about, "dim")
    notes = [note for stop in section.stops for line in stop.lines for note in line.notes]
    for note in dict.fromkeys(notes):
        yield indented(note, "dim")


def _heading(stop: Stop) -> str:
    told = [stop.between, f"({stop.surely})" if stop.surely else "", stop.when, stop.commits]
    return "  ".join(part for part in told if part)
