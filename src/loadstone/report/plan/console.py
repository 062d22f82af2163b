"""A plan in a terminal: its cases, how long they take, what was left out and why."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model import Note, Plan, Policy
from loadstone.report.common.names import names
from loadstone.report.common.notes import plan_notes
from loadstone.report.common.plain_table import table
from loadstone.report.common.sentences import in_full
from loadstone.report.common.units import duration


def terminal(plan: Plan, notes: Sequence[Note] = ()) -> str:
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
