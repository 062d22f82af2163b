"""Rows of a result as a command needs them: what is worse, and how large it is."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from loadstone.model import Judgement, Side, Verdict
from loadstone.model.bot import KnownRow
from loadstone.model.gate import MISSED
from loadstone.report.comment import Result
from loadstone.stats.comparison.set_aside import beyond


def known_rows(results: Mapping[str, Result]) -> list[KnownRow]:
    """The gated rows and the objectives of results, by component."""
    return [
        row
        for component, result in results.items()
        if result.record.judgement is not None
        for row in _rows(component, result.record.judgement)
    ]


def _rows(component: str, judgement: Judgement) -> Iterator[KnownRow]:
    for row in (*judgement.comparisons, *judgement.suite):
        if row.metric.gated:
            yield KnownRow(
                component=component,
                case=row.case,
                metric=row.metric.name,
                worse=row.verdict is Verdict.REGRESSION,
                size=None if row.change is None else row.change.estimate,
                margin=row.metric.margin,
            )
    for one in judgement.objectives:
        if one.side is Side.HEAD:
            missed = one.verdict == MISSED
            yield KnownRow(
                component=component,
                case=one.case,
                metric=one.metric.name,
                worse=missed,
                beyond=beyond(one) if missed else None,
            )
