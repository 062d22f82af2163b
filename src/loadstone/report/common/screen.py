"""Terminal layout: lines, tables, marks and their colours."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from loadstone.report.common import words
from loadstone.report.common.commits import CommitRange
from loadstone.report.common.tones import Tone

STYLES = {
    Tone.GOOD: "green",
    Tone.BAD: "red",
    Tone.CALM: "default",
    Tone.UNSURE: "yellow",
    Tone.VOID: "magenta",
}
MOST = 20  # rows of one table
_MOST_COMMITS = 5
_LEFT = ("change", "cases")
_NARROW, _WIDE = 40, 160


def printed(parts: Iterable[RenderableType], *, width: int, colour: bool) -> str:
    """The parts as text, lines at most `width` columns (40 to 160)."""
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
    console.print(Group(*parts))
    return "\n".join(line.rstrip() for line in sink.getvalue().splitlines()) + "\n"


def indented(text: str, style: str = "") -> RenderableType:
    """A paragraph, two columns in."""
    return Padding(Text(text, style), (0, 0, 0, 2))


def title(text: str) -> RenderableType:
    """A heading with a line above it."""
    return Group(Text(""), Text(text, "bold"))


def mark(tone: Tone) -> Text:
    """The sign of a tone."""
    return Text(words.GLYPH[tone], STYLES[tone])


def columns(heading: str, first: str, rest: Sequence[str]) -> Table:
    """A table with a title, whose first column gives way when the terminal is narrow."""
    table = Table(
        box=box.SIMPLE_HEAD,
        pad_edge=False,
        show_edge=False,
        title=f"\n{heading}",
        title_justify="left",
        title_style="bold",
        header_style="dim",
    )
    table.add_column("")
    table.add_column(first, overflow="fold", min_width=12)
    for name in rest:
        table.add_column(name, justify="left" if name in _LEFT else "right", no_wrap=True)
    return table


def listed(heading: str, lines: Sequence[str]) -> Iterable[RenderableType]:
    """Lines under a heading; nothing without a line."""
    if not lines:
        return
    yield title(heading)
    for line in lines[:MOST]:
        yield indented(line)
    yield from left_out(len(lines))


def between(commits: CommitRange | None) -> Iterable[RenderableType]:
    """The commits from base to head, the newest few by name."""
    if commits is None:
        return
    yield title(commits.line)
    for each in commits.lines[:_MOST_COMMITS]:
        parts = (each.hash, "dim"), f" {each.subject}"
        line = Text.assemble(*parts, no_wrap=True, overflow="ellipsis")
        yield Padding(line, (0, 0, 0, 2))
    more = commits.more(_MOST_COMMITS)
    if more:
        yield indented(f"and {more} more: see the HTML report", "dim")


def left_out(number: int, most: int = MOST) -> Iterable[RenderableType]:
    """How many lines were too many."""
    if number > most:
        yield indented(f"and {number - most} more: see the HTML report", "dim")
