"""What a result lacks, at first sight: the numbers of some cases, and why."""

from __future__ import annotations

from loadstone.report.comment.metric_rows import NAME
from loadstone.report.comment.parts import Lines
from loadstone.report.common.escape import Safe, code, spans, text
from loadstone.report.common.plain import plain
from loadstone.report.comparison.view import ComparisonView, UnjudgedMetrics

_LINES = 2  # cases; the others are folded
_WHY = 160  # characters of a reason


def open_lines(view: ComparisonView) -> Safe:
    """The first cases that have no number that counts, each with its commonest reason."""
    lines = [
        *(_unjudged(item, view) for item in view.unjudged),
        *(Safe(text(plain(line, most=_WHY))) for line in view.unmeasured),
    ]
    if not lines:
        return Safe()
    return Safe(f"**Not measured**\n\n{Lines(lines=lines, noun='case').text(_LINES)}")


def _unjudged(item: UnjudgedMetrics, view: ComparisonView) -> Safe:
    reasons = [each.reason for each in view.void if each.case == item.case]
    why = next(iter([*reasons, *item.notes]), "too few runs count")
    return Safe(f"{code(plain(item.short, most=NAME))}: {spans(plain(why, most=_WHY))}")
