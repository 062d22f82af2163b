"""Redlines in a terminal: the verdict, a line per side, a line per size, what is left open."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from loadstone.report import words
from loadstone.report.redlines.view import RedlineView
from loadstone.report.view import Tone

_STYLES = {
    Tone.GOOD: "green",
    Tone.BAD: "red",
    Tone.CALM: "default",
    Tone.UNSURE: "yellow",
    Tone.VOID: "magenta",
}
_NARROW, _WIDE = 40, 160


def render(view: RedlineView, *, width: int, colour: bool) -> str:
    """The view as text, lines at most `width` columns (40 to 160)."""
    sink = io.StringIO()
    console = Console(
        file=sink,
        width=min(max(width, _NARROW), _WIDE),
        force_terminal=colour,
        color_system="standard" if colour else None,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
        _environ={},
    )
    console.print(Group(*_parts(view)))
    return "\n".join(line.rstrip() for line in sink.getvalue().splitlines()) + "\n"


def _parts(view: RedlineView) -> Iterable[RenderableType]:
    mark = words.GLYPH[view.tone]
    yield Text(f"{mark} {view.says}: {view.title}", f"bold {_STYLES[view.tone]}")
    yield _indented(view.headline)
    yield _indented(view.sure, "dim")
    yield _sides(view)
    yield _steps(view)
    yield from _listed("Left undecided", view.open)
    yield from _listed("Worth knowing", view.warnings)
    yield Text("")
    yield _indented(" · ".join(view.footer), "dim")
    yield _indented(f"again: {view.command}", "dim")


def _indented(text: str, style: str = "") -> RenderableType:
    return Padding(Text(text, style), (0, 0, 0, 2))


def _listed(heading: str, lines: Sequence[str]) -> Iterable[RenderableType]:
    if not lines:
        return
    yield Group(Text(""), Text(heading, "bold"))
    for line in lines:
        yield _indented(line)


def _sides(view: RedlineView) -> RenderableType:
    table = _table("Redlines")
    for name in ("", "", "redline", "met", "missed"):
        table.add_column(name, justify="right" if name else "left", no_wrap=bool(name))
    table.add_column("tried", no_wrap=True)
    for row in view.sides:
        style = _STYLES[row.tone]
        cells = (row.side, row.revision, Text(row.redline, style), row.met, row.missed, row.runs)
        table.add_row(*cells)
    return table


def _steps(view: RedlineView) -> RenderableType:
    table = _table("Every size")
    table.add_column("")
    table.add_column("size", justify="right", no_wrap=True)
    for name in ("", "runs"):
        table.add_column(name, no_wrap=True)
    table.add_column("worst objective (range of the runs)", overflow="fold", min_width=20)
    side = ""
    for row in view.steps:
        said = Text(f"{words.GLYPH[row.tone]} {row.says}", _STYLES[row.tone])
        worst = "; ".join(part for part in (row.worst, row.note) if part)
        table.add_row("" if row.side == side else row.side, row.size, said, row.runs, worst)
        side = row.side
    return table


def _table(heading: str) -> Table:
    return Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        title=f"\n{heading}",
        title_justify="left",
        title_style="bold",
        header_style="dim",
    )
