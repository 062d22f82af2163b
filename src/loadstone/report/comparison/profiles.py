"""Profile diffs as tables: which functions changed most, per run."""

from __future__ import annotations

from loadstone.model import ProfileDiff, ProfileRow
from loadstone.report.common import units
from loadstone.report.common.names import ShortNames
from loadstone.report.common.plain import plain
from loadstone.report.common.rows import ProfileLine, ProfileTable

_TOP = 15
_WIDEST = 120


def profile_table(diff: ProfileDiff, names: ShortNames, *, most: int = _TOP) -> ProfileTable:
    """The `most` functions that changed most, each side's own share, and the change per run."""
    base, head = units.quantities(diff.unit, [diff.base_total, diff.head_total])
    left = len(diff.rows) - most
    note = f"{base} per run on the base, {head} on the head, {units.count(diff.runs, 'run')} a side"
    if diff.by:
        note += f"; compared by {plain(diff.by)}, which is what these profiles hold"
    if left > 0:
        note += f"; {units.count(left, 'more function')} changed less"
    if diff.thin:
        were = "was" if diff.thin == 1 else "were"
        note += f"; {units.count(diff.thin, 'function')} {were} sampled too rarely to compare"
    return ProfileTable(
        case=plain(diff.case),
        short=names.short(diff.case),
        kind=plain(diff.kind),
        note=note,
        lines=tuple(_line(row, diff.unit) for row in diff.rows[:most]),
        diff=diff,
    )


def _line(row: ProfileRow, unit: str) -> ProfileLine:
    return ProfileLine(
        function=plain(row.function, most=_WIDEST),
        base=units.percent(row.base_self),
        head=units.percent(row.head_self),
        delta=_delta(row, unit),
    )


def _delta(row: ProfileRow, unit: str) -> str:
    return f"{units.arrow(row.delta)} {units.difference(unit, row.delta, row.low, row.high)}"
