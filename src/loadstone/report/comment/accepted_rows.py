"""Acknowledged changes: which rows they are of, and who accepted them, why, until when."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadstone.model import Verdict
from loadstone.model.accepted import AcceptanceStatus, AcceptedChange, AcceptedRow
from loadstone.report.comment.metric_rows import NAME
from loadstone.report.comment.parts import Lines
from loadstone.report.common.escape import Safe, code, text
from loadstone.report.common.names import ALL
from loadstone.report.common.plain import plain
from loadstone.report.common.rows import ReportRow
from loadstone.report.comparison.view import ComparisonView

_DAY = 10  # characters of an RFC 3339 time
_SHOWN = 2  # lines beside the rows; the others are folded
_EVERY = "*"
_STATUS = {
    AcceptanceStatus.HELD: "",
    AcceptanceStatus.GROWN: ", and it has grown since, so it alarms",
    AcceptanceStatus.EXPIRED: ", which is over, so it alarms",
}


@dataclass(frozen=True, kw_only=True)
class ChangedRows:
    """The rows that changed: those that are news, and those that somebody accepted.

    `lines`: every acknowledged change that is of a row here, once, with how it stands; `excused`:
    all that would fail the gate is accepted, and there is something.
    """

    news: Sequence[ReportRow]
    accepted: Sequence[ReportRow]
    lines: Mapping[AcceptedChange, AcceptanceStatus]
    excused: bool


def divided(view: ComparisonView, rows: Sequence[AcceptedRow]) -> ChangedRows:
    """The rows of a view, by what the gate made of the acknowledged changes."""
    held = [row for row in rows if row.status is AcceptanceStatus.HELD]
    changes = {(row.case, row.metric) for row in held if not row.objective}
    bounds = {(plain(row.case), plain(row.metric)) for row in held if row.objective}
    accepted = [row for row in view.changed if _worse(row) and _key(row) in changes]
    news = [row for row in view.changed if not any(row is each for each in accepted)]
    gating = any(row.gated and _worse(row) for row in news)
    missed = any((item.case, item.metric) not in bounds for item in view.missed)
    return ChangedRows(
        news=news,
        accepted=accepted,
        lines={row.change: row.status for row in rows},
        excused=bool(accepted or (view.missed and bounds)) and not gating and not missed,
    )


def _key(row: ReportRow) -> tuple[str, str]:
    return row.comparison.case, row.comparison.metric.name


def _worse(row: ReportRow) -> bool:
    return row.verdict is Verdict.REGRESSION


def told(found: ChangedRows, view: ComparisonView) -> Sequence[Safe]:
    """A line for each acknowledged change: what, by whom, since when, until when, and why."""
    titles = {row.comparison.metric.name: row.title for row in view.changed}
    shorts = {each.case: each.short for each in view.setups}
    return [
        _line(change, status, titles.get(change.metric, change.metric), shorts)
        for change, status in found.lines.items()
    ]


def _line(
    change: AcceptedChange, status: AcceptanceStatus, title: str, shorts: Mapping[str, str]
) -> Safe:
    where = ALL if change.case == _EVERY else shorts.get(change.case, change.case)
    until = f" until {plain(change.expires[:_DAY])}" if change.expires else ""
    since = f"on {plain(change.when[:_DAY])}{until}{_STATUS[status]}: “{plain(change.reason)}”"
    return Safe(
        f"{text(plain(title, most=NAME))} in {code(plain(where, most=NAME))}: accepted by "
        f"{code(plain(change.who, most=NAME))} {text(since)}"
    )


def open_lines(lines: Sequence[Safe]) -> Safe:
    """The first lines."""
    return Lines(lines=lines[:_SHOWN]).text(_SHOWN) if lines else Safe()


def further(lines: Sequence[Safe]) -> Lines:
    """The others."""
    return Lines(lines=lines[_SHOWN:])
