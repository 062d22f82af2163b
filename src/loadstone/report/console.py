"""The report in a terminal: the verdict, what changed, what is left open; the rest is counted."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence

from rich import box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from loadstone.report import sight, units, words
from loadstone.report.view import ObjectiveRow, Row, Steady, Tone, View

_STYLES = {
    Tone.GOOD: "green",
    Tone.BAD: "red",
    Tone.CALM: "default",
    Tone.UNSURE: "yellow",
    Tone.VOID: "magenta",
}
_MOST = 20  # rows of one table
_MOST_OPEN = 12  # rows without a decision
_STATUS = 140  # characters a commit status may have
_NARROW, _WIDE = 40, 160


def render(view: View, *, width: int, colour: bool) -> str:
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


def summary_line(view: View) -> str:
    """The verdict in at most 140 characters."""
    line = f"{view.says}: {view.tally or view.headline}"
    changed = [item for item in view.changed if item.gated]
    if changed:
        line = f"{view.says}: {changed[0].title} {changed[0].change}; {view.tally}"
    return line if len(line) <= _STATUS else line[: _STATUS - 1] + "…"


def _parts(view: View) -> Iterable[RenderableType]:
    yield Text(f"{words.GLYPH[view.tone]} {view.says}: {view.title}", f"bold {_STYLES[view.tone]}")
    yield _indented(view.headline)
    if view.sure:
        yield _indented(view.sure, "dim")
    yield from _changed(view.changed)
    yield from _objectives("Objectives missed", view.missed)
    yield from _open("Inconclusive", view.inconclusive)
    yield from _listed("To settle it", view.needs)
    yield from _listed("No trustworthy number", _void(view))
    yield from _steady(view.steady)
    yield from _listed("Worth knowing", [*view.warnings, *view.noted, *view.cautions])
    yield Text("")
    if view.tally:
        yield _indented(view.tally)
    yield _indented(" · ".join(view.footer), "dim")
    yield _indented(f"again: {view.command}", "dim")


def _indented(text: str, style: str = "") -> RenderableType:
    return Padding(Text(text, style), (0, 0, 0, 2))


def _title(text: str) -> RenderableType:
    return Group(Text(""), Text(text, "bold"))


def _changed(rows: Sequence[Row]) -> Iterable[RenderableType]:
    """What changed, by metric: a line over all cases, then a line per case."""
    if not rows:
        return
    table = _columns("Changed", "case", ("base", "head", "change"))
    metric = ""
    for item in rows[:_MOST]:
        if item.title != metric:
            metric = item.title
            table.add_row("", Text(metric, "bold"))
        style = _STYLES[item.tone]
        values = [item.base, item.head] if item.case else ["", ""]
        table.add_row(*_cells(item, f"  {item.short}"), *values, Text(item.change, style))
    yield table
    yield from _left_out(len(rows))


def _open(heading: str, rows: Sequence[Row]) -> Iterable[RenderableType]:
    """Rows without a decision: what they show, and what they could have shown."""
    if not rows:
        return
    shown = rows[:_MOST_OPEN]
    table = _columns(heading, "metric, case", ("value", "change", "sees"))
    for item in shown:
        cells = _cells(item, f"{item.title}, {item.short}")
        one_sided = item.head if item.base == units.UNKNOWN else item.base
        table.add_row(*cells, one_sided, item.change, Text(item.sees, "dim"))
    yield table
    yield from _left_out(len(rows), _MOST_OPEN)
    yield from _blind(shown)


def _steady(rows: Sequence[Steady]) -> Iterable[RenderableType]:
    if not rows:
        return
    shown = rows[:_MOST]
    table = _columns("Unchanged", "metric", ("cases", "change", "sees"))
    for item in shown:
        seen = Text(item.sees, "dim")
        table.add_row(_mark(Tone.CALM), Text(item.title), item.cases, item.span, seen)
    yield table
    yield from _left_out(len(rows))
    yield from _blind(shown)


def _blind(rows: Sequence[Row | Steady]) -> Iterable[RenderableType]:
    if any(item.sees == sight.BLIND for item in rows):
        yield _indented(sight.BLIND_NOTE, "dim")


def _columns(heading: str, first: str, rest: Sequence[str]) -> Table:
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
        left = name in ("change", "cases")
        table.add_column(name, justify="left" if left else "right", no_wrap=True)
    return table


def _cells(item: Row, name: str) -> tuple[Text, Text]:
    label = Text(name)
    if not item.gated:
        label.append(" (not gated)", "dim")
    return _mark(item.tone), label


def _mark(tone: Tone) -> Text:
    return Text(words.GLYPH[tone], _STYLES[tone])


def _left_out(number: int, most: int = _MOST) -> Iterable[RenderableType]:
    if number > most:
        yield _indented(f"and {number - most} more: see the HTML report", "dim")


def _objectives(heading: str, rows: Sequence[ObjectiveRow]) -> Iterable[RenderableType]:
    if not rows:
        return
    yield _title(heading)
    for item in rows[:_MOST]:
        base = f"; base: {item.other}" if item.other else ""
        line = f"{item.title} {item.value}, to be {item.bound}, in {item.short}{base}"
        yield _indented(line, _STYLES[item.tone])


def _listed(heading: str, lines: Sequence[str]) -> Iterable[RenderableType]:
    if not lines:
        return
    yield _title(heading)
    for line in lines[:_MOST]:
        yield _indented(line)
    yield from _left_out(len(lines))


def _void(view: View) -> list[str]:
    rows = [
        "; ".join([f"{item.short} is not judged: {item.metrics}", *item.notes])
        for item in view.unjudged
    ]
    return [*rows, *(f"{item.short}, {item.runs}: {item.reason}" for item in view.void)]
