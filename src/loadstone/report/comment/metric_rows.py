"""What changed, a row for each metric over all its cases: how many, and from where to where."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.report.comment.parts import Rows
from loadstone.report.common import units, words
from loadstone.report.common.escape import Safe, cell, code, text
from loadstone.report.common.markdown_table import table
from loadstone.report.common.plain import plain
from loadstone.report.common.rows import ReportRow
from loadstone.report.comparison.rows import grouped

NAME = 60  # characters of a name in an open table
ACCEPTED = "☑️"
_HEADER = ("metric", "change", "largest change, base → head")
_EVERY = ("case", "metric", "base", "head", "change", "verdict")


@dataclass(frozen=True, kw_only=True)
class MetricRow:
    """The changes of one metric that go one way; `rows` are of its cases, the strongest first."""

    mark: str
    title: str
    note: str  # "", (not gated), (accepted)
    change: str  # ▲ +4.1 % to +9.8 % in 6 of 8 cases
    most: str  # 6.92 ms → 8.73 ms, of the strongest case
    where: str  # that case; "" where there is no other
    rows: Sequence[ReportRow]


def metric_rows(
    changed: Sequence[ReportRow], every: Sequence[ReportRow], *, accepted: bool = False
) -> list[MetricRow]:
    """Ranked rows as one row a metric; `every`: the rows of all verdicts, to say of how many."""
    cases = _cases(every)
    return [
        _metric_row(group.rows, cases.get(group.rows[0].metric, 0), accepted=accepted)
        for group in grouped(changed)
    ]


def _cases(every: Sequence[ReportRow]) -> dict[str, int]:
    found: dict[str, set[str]] = {}
    for row in every:
        if row.case:
            found.setdefault(row.metric, set()).add(row.case)
    return {metric: len(cases) for metric, cases in found.items()}


def _metric_row(rows: Sequence[ReportRow], cases: int, *, accepted: bool) -> MetricRow:
    first = rows[0]
    single = [row for row in rows if row.case]
    gated = any(row.gated for row in rows)
    note = "accepted" if accepted else "" if gated else "not gated"
    strongest = single[0] if single else None
    return MetricRow(
        mark=ACCEPTED if accepted else words.EMOJI[first.tone],
        title=plain(first.title, most=NAME),
        note=f"({note})" if note else "",
        change=_change(rows, single, max(cases, len(single))),
        most=arrowed(strongest.base, strongest.head) if strongest else "",
        where=plain(strongest.short, most=NAME) if strongest and cases > 1 else "",
        rows=rows,
    )


def _change(rows: Sequence[ReportRow], single: Sequence[ReportRow], cases: int) -> str:
    """The range of the changes and in how many cases; of one case its interval."""
    if not single:
        return f"{rows[0].change} over all cases"
    of = f"in {len(single):,} of {units.count(cases, 'case')}" if cases > 1 else ""
    if len(single) == 1:
        return f"{single[0].change} {of}".rstrip()
    known = [row.comparison.change.estimate for row in single if row.comparison.change]
    if not known:
        return f"{single[0].change} and less {of}"
    return f"{units.arrow(known[0])} {units.span(*ends(known))} {of}"


def ends(changes: Sequence[float]) -> tuple[float, float]:
    """The smallest and the largest change, that of the smaller size first."""
    low, high = min(changes), max(changes)
    return (high, low) if high <= 0 else (low, high)


def arrowed(base: str, head: str) -> str:
    """`6.92 → 8.73 ms`: a unit that both have is written once, and a base that is not known not."""
    if base == units.UNKNOWN:
        return head
    number, gap, unit = base.partition(" ")
    if gap and head.endswith(gap + unit):
        return f"{number} → {head}"
    return f"{base} → {head}"


def open_table(rows: Sequence[MetricRow]) -> Safe:
    """The rows at first sight."""
    return table(_HEADER, [_open_row(row) for row in rows]) if rows else Safe()


def _open_row(row: MetricRow) -> Sequence[Safe]:
    note = f" {text(row.note)}" if row.note else ""
    where = f" in {code(row.where)}" if row.where else ""
    return (
        Safe(f"{row.mark} {text(row.title)}{note}"),
        text(row.change.replace(" %", "\u00a0%")),  # a phone breaks the line elsewhere
        Safe(f"{cell(row.most)}{where}"),
    )


def every_row(rows: Sequence[ReportRow]) -> Rows:
    """The rows case by case, for a fold."""
    return Rows(
        header=_EVERY,
        rows=[
            (
                code(row.short) if row.case else text(row.short),
                text(row.title),
                cell(row.base if row.case else ""),
                cell(row.head if row.case else ""),
                cell(row.change),
                text(f"{words.EMOJI[row.tone]} {row.says}"),
            )
            for row in rows
        ],
        numbers=(2, 3),
        noun="row",
    )
