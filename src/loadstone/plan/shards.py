"""Shards of a plan: which machine measures which cases, and with what share of α and budget.

All rounds of a case are measured on one machine, so that its pairs are. Cases go to machines by
their estimated seconds, the longest first and each to the machine with the least so far: no machine
then has more than 4/3 − 1/(3N) of the best there is (Graham 1969).

A machine sees its own cases alone, and decides from them which go on. It looks with the part of α
that the metrics of its cases are of all that decide, so that what it holds the strictest of them
against, `α·m/M` over m metrics, is what the judge of all M will. Which cases go on costs or saves
rounds; it adds no error, whoever decides it, as the levels of looks hold for any rule of stopping.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loadstone.model import CasePlan, Direction, Plan, Shard


def shares(cases: Sequence[CasePlan], of: int) -> list[list[str]]:
    """The names of the cases of each of `of` machines; the order of `cases` does not matter.

    A machine has none where there are fewer cases than machines.
    """
    found: list[list[str]] = [[] for _ in range(of)]
    seconds = [0.0] * of
    for case in sorted(cases, key=lambda each: (-each.estimate, each.case.name)):
        least = min(range(of), key=lambda place: (seconds[place], len(found[place]), place))
        found[least].append(case.case.name)
        seconds[least] += case.estimate
    return found


def cases_of(plan: Plan, shard: Shard) -> list[str]:
    """The names of the cases that a shard measures, in the order of the plan."""
    mine = set(shares(plan.cases, shard.of)[shard.number - 1])
    return [each.case.name for each in plan.cases if each.case.name in mine]


def part(plan: Plan) -> Plan:
    """The plan of what is measured here: of a shard its cases, with their part of α and budget."""
    if plan.shard is None:
        return plan
    names = set(cases_of(plan, plan.shard))
    cases = [each for each in plan.cases if each.case.name in names]
    policy = plan.policy
    budget = policy.budget
    if budget is not None:
        budget *= _seconds(cases) / (_seconds(plan.cases) or 1.0)
    alpha = policy.alpha * max(_deciding(cases), 1) / max(_deciding(plan.cases), 1)
    return replace(plan, cases=cases, policy=replace(policy, alpha=alpha, budget=budget))


def _seconds(cases: Sequence[CasePlan]) -> float:
    return sum(each.estimate for each in cases)


def _deciding(cases: Sequence[CasePlan]) -> int:
    """How many metrics can decide."""
    return sum(
        metric.gated and metric.direction is not Direction.NONE
        for case in cases
        for metric in case.metrics
    )
