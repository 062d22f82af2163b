"""What is not known: not measured and why, or inconclusive and what would settle it."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.report.comment import folds, lacking, slash_commands
from loadstone.report.comment.parts import Fold
from loadstone.report.common.escape import Safe, code, text
from loadstone.report.comparison.view import ComparisonView


def pieces(view: ComparisonView, *, slash: bool) -> Sequence[Safe | Fold]:
    """The first of it at first sight, the rest folded; `slash`: whether slash commands work."""
    needs = [_need(need.what, need.command, slash=slash) for need in view.needs]
    settle = Safe(f"To settle what is inconclusive: {needs[0]}.") if needs else Safe()
    return [
        lacking.open_lines(view),
        folds.not_measured(view),
        settle,
        folds.inconclusive(view, needs),
    ]


def _need(what: str, command: str, *, slash: bool) -> Safe:
    said = slash_commands.RERUN if slash else command
    return Safe(f"{text(what)}: {code(said)}" if said else text(what))
