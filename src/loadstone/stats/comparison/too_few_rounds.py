"""Plans of too few rounds to find anything: said before a run is spent on them. Pure.

What is counted exactly has no noise, and yet so few pairs agree by chance too often, however far
head's runs are from base's (see `common.counts`); of a single pair nothing is known at all.
"""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.model import Direction, Note, Plan, Scalar
from loadstone.stats.common.counts import pairs_needed
from loadstone.stats.comparison.failures import alone

_NAMED = 3  # metrics in a note
_JUDGED = 2  # pairs without which nothing is judged


def warning(plan: Plan) -> Note | None:
    """What cannot be found by the rounds of a plan, however large it is; None for nothing."""
    rounds = _rounds(plan)
    needed = pairs_needed(alone(plan.policy, max(rounds, 1)))
    rows = list(_blind(plan, rounds, needed))
    if not rows:
        return None
    names = list(dict.fromkeys(rows))
    shown = ", ".join(names[:_NAMED]) + (", …" if len(names) > _NAMED else "")
    found: dict[str, Scalar] = {"rounds": rounds, "rows": len(rows), "names": shown}
    found["needed"] = max(needed, _JUDGED)
    budget = plan.policy.budget
    if budget is not None and rounds < plan.policy.looks[-1]:
        return Note.of("too-few-rounds", **found, budget=budget)
    return Note.of("too-few-rounds", **found)


def _rounds(plan: Plan) -> int:
    """The rounds that are done at most: all that are planned, or what the budget has room for."""
    last, budget = plan.policy.looks[-1], plan.policy.budget
    a_round = sum(2 * case.estimate for case in plan.cases)
    return last if budget is None or not a_round else min(last, int(budget // a_round))


def _blind(plan: Plan, rounds: int, needed: int) -> Iterator[str]:
    """The metric of each gated row that has too few pairs then."""
    for case in plan.cases:
        done = range(1, rounds + 1)
        pairs = sum(case.design_of(number) is case.design for number in done)
        for metric in case.metrics:
            judged = metric.gated and metric.direction is not Direction.NONE
            if judged and pairs < (needed if metric.counted else _JUDGED):
                yield metric.name
