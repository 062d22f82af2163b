"""Latencies of a result: every case where there is room, else the range over all of them."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.report.comment import chart, latency_rows
from loadstone.report.comment.latency_rows import Accepted, LatencyRow
from loadstone.report.comment.parts import Block, Fold, FoldKind
from loadstone.report.comment.result import Result
from loadstone.report.common import units
from loadstone.report.common.escape import Safe, text


def pieces(
    result: Result,
    cases: Sequence[LatencyRow],
    accepted: Accepted,
    most: int,
) -> Sequence[Safe | Fold]:
    """Every case where there is room, else the range over all of them and the cases folded."""
    if not cases:
        return []
    drawn = chart.of_latencies(result.latencies, result.record.plan.cases)
    title = Safe("**Latency** of the head")
    if any(each.base for each in result.latencies):
        title = Safe("**Latency**, changed or not: base → head, the change, its interval")
    if len(cases) <= most:
        return [
            Safe(f"{title}\n\n{latency_rows.open_table(cases)}"),
            _fold("p99 over the sizes", [drawn]),
        ]
    ranges = latency_rows.over_cases(result.latencies, accepted)[:most]
    over = Safe(f"**Latency**: changes over {text(units.count(_number(cases), 'case'))}")
    return [
        Safe(f"{over}\n\n{latency_rows.open_table(ranges)}") if ranges else Safe(),
        _fold(
            "p50, p90, p99 and p99.9 of every latency, case by case",
            [drawn, latency_rows.shown(cases)],
        ),
    ]


def _fold(summary: str, blocks: Sequence[Block]) -> Fold:
    return Fold(kind=FoldKind.LATENCIES, summary=text(summary), blocks=blocks)


def _number(cases: Sequence[LatencyRow]) -> int:
    return len({row.short for row in cases})
