"""Plain tables for the terminal: plans, baselines, checks."""

from __future__ import annotations

import io
from collections.abc import Sequence

from rich.console import Console
from rich.table import Table

from loadstone.model import Note, Plan, Policy
from loadstone.report.common.names import names
from loadstone.report.common.sentences import in_full
from loadstone.report.common.units import duration
from loadstone.report.comparison.notes import plan_notes


def table(header: Sequence[str], rows: Sequence[Sequence[str]], *, width: int = 120) -> str:
    """A table as text; the last column takes what is left of the width."""
    drawn = Table(*header, box=None, pad_edge=False, padding=(0, 2, 0, 0), header_style="bold")
    for row in rows:
        drawn.add_row(*row)
    console = Console(file=io.StringIO(), width=width, color_system=None)
    console.print(drawn)
    return "\n".join(line.rstrip() for line in console.file.getvalue().splitlines())  # type: ignore[attr-defined]


def plan_table(plan: Plan, notes: Sequence[Note] = ()) -> str:
    """What would be measured: a row per case, the times, and what was left out."""
    rows = [
        (
            each.case.name,
            f"{each.warmup:g} + {each.window:g} s" if each.window else "until done",
            f"{each.estimate:.0f} s",
            str(len(each.metrics)),
            ", ".join(f"{axis} ×{factor:g}" for axis, factor in each.scale.items()) or "full size",
        )
        for each in plan.cases
    ]
    a_round = sum(2 * each.estimate for each in plan.cases)
    sides = f"{plan.base.asked} (base) against {plan.head.asked} (head)"
    lines = [
        f"{plan.component}: {sides}, tier {plan.tier}, provider {plan.provider}",
        "",
        table(("case", "warm-up + window", "a run", "metrics", "scale"), rows),
        "",
        f"a round takes about {a_round:.0f} s; {_rounds(plan.policy, a_round)}",
        *(f"note: {in_full(note)}" for note in notes),
        *(f"note: {text}" for text in plan_notes(plan.cases, names(plan))),
    ]
    return "\n".join(lines)


def _rounds(policy: Policy, a_round: float) -> str:
    """How long the planned rounds take, and what the budget leaves of them."""
    first, last = policy.looks[0], policy.looks[-1]
    low, high = duration(first * a_round), duration(last * a_round)
    told = (
        f"{first} rounds: {low}" if first == last else f"{first} to {last} rounds: {low} to {high}"
    )
    if policy.budget is None or policy.budget >= last * a_round:
        return told
    bound = duration(policy.budget)
    if policy.budget >= first * a_round:
        return f"{told}, at most {bound}"
    return f"{told}, but the budget of {bound} ends before the first look: fewer --case, or more"
