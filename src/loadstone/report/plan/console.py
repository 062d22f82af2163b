"""A plan in a terminal: its cases, how long they take, what was left out and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loadstone.model import PLACES, CasePlan, Design, Note, Plan, Policy
from loadstone.report.common.names import names
from loadstone.report.common.notes import plan_notes
from loadstone.report.common.plain import plain
from loadstone.report.common.plain_table import table
from loadstone.report.common.sentences import in_full
from loadstone.report.common.units import count, duration, percent


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
    at_once = [each for each in plan.cases if each.design is Design.MIXED]
    lines = [
        f"{plan.component}: {_sides(plan)}, tier {plan.tier}, provider {plan.provider}"
        + ("" if plan.place == PLACES[0] else f", in {plan.place}"),
        "",
        table(("case", "warm-up + window", "a run", "metrics", "scale"), rows),
        "",
        *_designs(at_once),
        f"a round takes about {a_round:.0f} s; {_rounds(plan.policy, a_round)}",
        *(f"note: {in_full(note)}" for note in notes),
        *(f"note: {text}" for text in plan_notes(plan.cases, names(plan))),
    ]
    return "\n".join(lines)


def _sides(plan: Plan) -> str:
    """The revisions, as far as they are named."""
    named = [f"{each.asked or 'not named yet'} ({each.side})" for each in (plan.base, plan.head)]
    known = plan.base.asked or plan.head.asked
    return " against ".join(named) if known else "no revisions named yet"


def _designs(cases: Sequence[CasePlan]) -> Iterator[str]:
    """Which cases are measured in mixed pairs, and why, in a line for each reason."""
    found: dict[tuple[str, float], list[str]] = {}
    for each in cases:
        found.setdefault((each.because, each.solo), []).append(each.case.name)
    for (because, share), named in found.items():
        yield (
            f"both sides at once in {count(len(named), 'case')} ({plain(because)}); "
            f"{percent(share)} of rounds are solo, for objectives and absolute values"
        )


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
