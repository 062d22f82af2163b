"""The command that measures the same again, in the words of whoever asked."""

from __future__ import annotations

import shlex
from collections.abc import Iterator

from loadstone.model import Goal, Plan
from loadstone.report.plain import plain

_ALL = "*"


def command(plan: Plan) -> str:
    """One line for a shell. Of a plan that does not know what was asked, the names it has."""
    return " ".join(shlex.quote(plain(word)) for word in _words(plan))


def _words(plan: Plan) -> Iterator[str]:
    yield from ("loadstone", "run")
    for scenario in plan.scenarios or dict.fromkeys(case.case.scenario for case in plan.cases):
        yield from ("--scenario", scenario)
    yield from ("--component", plan.asked or plan.component)
    yield from ("--base", plan.base.asked, "--head", plan.head.asked)
    yield from ("--provider", plan.provider, "--tier", plan.tier)
    if plan.selected != _ALL:
        yield from ("--case", plan.selected)
    if plan.generator:
        yield from ("--generator", plan.generator)
    yield from ("--seed", str(plan.seed))
    yield from _policy(plan)


def _policy(plan: Plan) -> Iterator[str]:
    policy = plan.policy
    yield from ("--alpha", f"{policy.alpha:g}", "--looks", ",".join(map(str, policy.looks)))
    if policy.goal is not Goal.DETECT:
        yield from ("--goal", policy.goal.value)
    if policy.budget is not None:
        yield from ("--budget", f"{policy.budget / 60:g}")
    if policy.certain:
        yield "--certain"
