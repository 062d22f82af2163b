"""The report in a terminal: the verdict, what changed, what is left open; the rest is counted."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rich.console import RenderableType
from rich.text import Text

from loadstone.report.common import units, words
from loadstone.report.common.rows import ReportRow
from loadstone.report.common.screen import (
    MOST,
    STYLES,
    between,
    columns,
    indented,
    left_out,
    listed,
    mark,
    printed,
    title,
)
from loadstone.report.common.tones import Tone
from loadstone.report.comparison import detectable
from loadstone.report.comparison.console_scaling import growth, shapes
from loadstone.report.comparison.view import ComparisonView, ObjectiveRow, Remedy, UnchangedRows

_MOST_OPEN = 12  # rows without a decision
_STATUS = 140  # characters a commit status may have


def render(view: ComparisonView, *, width: int, colour: bool) -> str:
    """The view as text, lines at most `width` columns (40 to 160)."""
    return printed(_parts(view), width=width, colour=colour)


def summary_line(view: ComparisonView) -> str:
    """The verdict in at most 140 characters."""
    known = view.tone is not Tone.VOID
    text = f"{view.says}: {view.tally if view.tally and known else view.headline}"
    changed = [item for item in view.changed if item.gated]
    if changed and known:
        text = f"{view.says}: {changed[0].title} {changed[0].change}; {view.tally}"
    return text if len(text) <= _STATUS else text[: _STATUS - 1] + "…"


def _parts(view: ComparisonView) -> Iterable[RenderableType]:
    yield Text(f"{words.GLYPH[view.tone]} {view.says}: {view.title}", f"bold {STYLES[view.tone]}")
    yield indented(view.headline)
    if view.sure:
        yield indented(view.sure, "dim")
    yield from between(view.commits)
    yield from _changed(view.changed)
    yield from listed("Where it changed", [line.replace("`", "") for line in view.where])
    yield from shapes(view.scaling)
    yield from growth(view.scaling)
    yield from _objectives("Objectives missed", view.missed)
    yield from _open("Inconclusive", view.inconclusive)
    yield from _settling(view.needs)
    yield from listed("Not measured", view.unmeasured)
    yield from listed("No trustworthy number", _void(view))
    yield from _steady(view.steady)
    yield from listed("Over sizes and time", _in_a_line(view))
    yield from listed("Worth knowing", [*view.warnings, *view.noted, *view.quiet, *view.ungated])
    yield Text("")
    if view.tally:
        yield indented(view.tally)
    yield indented(" · ".join(view.footer), "dim")
    yield indented(f"again: {view.command}", "dim")


def _changed(rows: Sequence[ReportRow]) -> Iterable[RenderableType]:
    """What changed, by metric: a line over all cases, then a line per case."""
    if not rows:
        return
    table = columns("Changed", "case", ("base", "head", "change"))
    metric = ""
    for item in rows[:MOST]:
        if item.title != metric:
            metric = item.title
            table.add_row("", Text(metric, "bold"))
        style = STYLES[item.tone]
        values = [item.base, item.head] if item.case else ["", ""]
        table.add_row(*_cells(item, f"  {item.short}"), *values, Text(item.change, style))
    yield table
    yield from left_out(len(rows))


def _open(heading: str, rows: Sequence[ReportRow]) -> Iterable[RenderableType]:
    """Rows without a decision: what they show, and what they could have shown."""
    if not rows:
        return
    shown = rows[:_MOST_OPEN]
    table = columns(heading, "metric, case", ("value", "change", "sees"))
    for item in shown:
        cells = _cells(item, f"{item.title}, {item.short}")
        one_sided = item.head if item.base == units.UNKNOWN else item.base
        table.add_row(*cells, one_sided, item.change, Text(item.sees, "dim"))
    yield table
    yield from left_out(len(rows), _MOST_OPEN)
    yield from _blind(shown)


def _settling(needs: Sequence[Remedy]) -> Iterable[RenderableType]:
    if not needs:
        return
    yield title("To settle it")
    for need in needs:
        yield indented(need.what)
        if need.command:
            yield indented(f"  {need.command}", "dim")


def _steady(rows: Sequence[UnchangedRows]) -> Iterable[RenderableType]:
    if not rows:
        return
    shown = rows[:MOST]
    table = columns("Unchanged", "metric", ("cases", "change", "margin", "sees"))
    for item in shown:
        seen = Text(item.sees, "dim")
        table.add_row(mark(Tone.CALM), Text(item.title), item.cases, item.span, item.margin, seen)
    yield table
    yield from left_out(len(rows))
    yield from _blind(shown)


def _blind(rows: Sequence[ReportRow | UnchangedRows]) -> Iterable[RenderableType]:
    if any(item.sees == detectable.BLIND for item in rows):
        yield indented(detectable.BLIND_NOTE, "dim")


def _cells(item: ReportRow, name: str) -> tuple[Text, Text]:
    label = Text(name)
    if not item.gated:
        label.append(" (not gated)", "dim")
    return mark(item.tone), label


def _objectives(heading: str, rows: Sequence[ObjectiveRow]) -> Iterable[RenderableType]:
    if not rows:
        return
    yield title(heading)
    for item in rows[:MOST]:
        base = f"; base: {item.other}" if item.other else ""
        line = f"{item.title} {item.value}, to be {item.bound}, in {item.short}{base}"
        yield indented(line, STYLES[item.tone])


def _in_a_line(view: ComparisonView) -> list[str]:
    """What scaling has nothing to tell of, in a line each."""
    scaling = view.scaling
    lines = (
        "" if scaling.told_shapes else scaling.sizes_line,
        "" if scaling.told_growth else scaling.growth_line,
    )
    return [line for line in lines if line]


def _void(view: ComparisonView) -> list[str]:
    rows = [
        "; ".join([f"{item.short} is not judged: {item.metrics}", *item.notes])
        for item in view.unjudged
    ]
    return [*rows, *(f"{item.short}, {item.runs}: {item.reason}" for item in view.void)]
