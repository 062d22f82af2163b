"""The grid of cases and metrics: all rows at a glance, a mark in each cell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.report.common.rows import ReportRow
from loadstone.report.common.tones import Tone

MOST = 40  # cases
_FEWEST = 4  # cells; fewer are read faster as rows
_RANKS = {Tone.BAD: 0, Tone.GOOD: 1, Tone.VOID: 2, Tone.UNSURE: 3}
_LAST = len(_RANKS)
_TELLING = (Tone.BAD, Tone.GOOD, Tone.VOID)


@dataclass(frozen=True, kw_only=True)
class GridCell:
    """One case and metric in a grid."""

    tone: Tone
    says: str  # the verdict in a word or two
    gated: bool
    about: str  # peak RSS, body=600: improvement, ▼ −37 %


@dataclass(frozen=True, kw_only=True)
class GridLine:
    """One case in a grid ("" : all of them); None where it lacks the metric."""

    case: str
    short: str
    cells: Sequence[GridCell | None]


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Cases and metrics at a glance."""

    metrics: Sequence[str]
    lines: Sequence[GridLine]
    left_out: int  # cases


def grid(suite: Sequence[ReportRow], rows: Sequence[ReportRow]) -> Grid | None:
    """The grid of a report; None where it has too few rows to need one.

    The line over all cases comes first. Of too many cases, those of which there is something to say
    are shown before the others.
    """
    metrics = _columns([*suite, *rows])
    titles = {item.metric: item.title for item in rows}
    by_case: dict[str, list[ReportRow]] = {}
    for item in rows:
        by_case.setdefault(item.case, []).append(item)
    if len(rows) < _FEWEST:
        return None
    lines = [_line(group, metrics) for group in by_case.values()]
    if len(lines) > MOST:
        lines.sort(key=lambda line: not _tells(line))
    over_all = [_line(suite, metrics)] if suite and len(lines) > 1 else []
    return Grid(
        metrics=[titles[name] for name in metrics],
        lines=[*over_all, *lines[:MOST]],
        left_out=max(0, len(lines) - MOST),
    )


def _columns(rows: Sequence[ReportRow]) -> dict[str, None]:
    """The metrics, those first of which there is most to say: a narrow screen shows only these."""
    ranks: dict[str, int] = {}
    for item in rows:
        rank = 2 * _RANKS.get(item.tone, _LAST) + (not item.gated)
        ranks[item.metric] = min(ranks.get(item.metric, rank), rank)
    return dict.fromkeys(sorted(ranks, key=lambda name: ranks[name]))


def _line(group: Sequence[ReportRow], metrics: dict[str, None]) -> GridLine:
    known = {item.metric: item for item in group}
    return GridLine(
        case=group[0].case,
        short=group[0].short,
        cells=[_cell(known[name]) if name in known else None for name in metrics],
    )


def _cell(item: ReportRow) -> GridCell:
    return GridCell(
        tone=item.tone,
        says=item.says,
        gated=item.gated,
        about=f"{item.title}, {item.short}: {item.says}, {item.change}",
    )


def _tells(line: GridLine) -> bool:
    return any(cell is not None and cell.tone in _TELLING for cell in line.cells)
