"""Slash commands as a comment offers them, filled in with what the result is about."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.report.comment.parts import Fold, FoldKind, Rows
from loadstone.report.common.escape import Safe, code, text
from loadstone.report.common.plain import plain
from loadstone.report.common.rows import ReportRow
from loadstone.report.comparison.view import ComparisonView

RERUN = "/loadstone rerun"
RUN = "/loadstone run"
CANCEL = "/loadstone cancel"
_WORD = 120  # characters of one word of a command
_CASE, _METRIC = "<case>", "<metric>"


def fold(view: ComparisonView) -> Fold:
    """What a maintainer can ask for, as comments."""
    return Fold(
        kind=FoldKind.COMMANDS,
        summary=Safe(
            f"Run it again: comment {code(RERUN if view.needs else RUN)}, or one of these"
        ),
        blocks=[
            Rows(
                header=("comment", "what happens"),
                rows=[(code(said), text(does)) for said, does in _commands(view)],
                noun="command",
            )
        ],
    )


def _commands(view: ComparisonView) -> Sequence[tuple[str, str]]:
    case, metric = _subject([*view.changed, *view.inconclusive, *view.unchanged])
    return (
        (RERUN, "more rounds of what is inconclusive or invalid, added to those that are there"),
        (f"{RUN} [scenario…] [rounds=… tier=… base=…]", "everything is measured anew"),
        (f"/loadstone explain {case} {metric}", "why this row has its verdict"),
        (
            f"/loadstone accept {case} {metric} <reason>",
            "the change is acknowledged: recorded with your name, and no alarm until it expires",
        ),
        ("/loadstone help", "every command"),
    )


def _subject(rows: Sequence[ReportRow]) -> tuple[str, str]:
    """A case and a metric of it, of what changed most."""
    for row in rows:
        if row.case:
            return plain(row.case, most=_WORD), plain(row.metric, most=_WORD)
    return _CASE, _METRIC
