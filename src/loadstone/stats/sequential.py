"""After a look: which cases go on, for how many rounds, or stop and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadstone.model import CasePlan, Goal, Judgement, Measurement, Policy, Verdict
from loadstone.stats.history import History

_SETTLED = {
    Goal.DETECT: {Verdict.REGRESSION, Verdict.IMPROVEMENT, Verdict.UNCHANGED},
    Goal.CERTIFY: {Verdict.REGRESSION, Verdict.IMPROVEMENT, Verdict.UNCHANGED},
}


@dataclass(frozen=True, kw_only=True)
class Steering:
    """What to do next: `rounds` more of the cases in `open`, or stop. `why` is for a reader."""

    open: Sequence[str]
    rounds: int
    why: str
    stop: bool


def steer(
    measured: Sequence[Measurement],
    plans: Sequence[CasePlan],
    policy: Policy,
    *,
    judgement: Judgement,
    history: History | None = None,  # noqa: ARG001
    seconds_per_round: Mapping[str, float],
    spent_seconds: float = 0.0,
) -> Steering:
    """What to do after a look at `measured`, which gave `judgement`.

    `seconds_per_round`: by case, what one more round of both sides takes. Before anything has been
    measured, every case is open until the first look.
    """
    done = len({one.round for one in measured})
    later = [look for look in policy.looks if look > done]
    if not later:
        return Steering(open=(), rounds=0, why="last-look", stop=True)
    rounds = later[0] - done
    unsettled = {
        row.case
        for row in judgement.comparisons
        if row.metric.gated and row.verdict not in _SETTLED[policy.goal]
    }
    names = [plan.case.name for plan in plans]
    wanted = [case for case in names if case in unsettled] if done else names
    affordable, why = [], "unsettled" if done else "first-look"
    left = float("inf") if policy.budget is None else policy.budget - spent_seconds
    for case in wanted:
        cost = rounds * seconds_per_round.get(case, 0.0)
        if cost <= left:
            affordable.append(case)
            left -= cost
        else:
            why = "budget"
    if not affordable:
        return Steering(open=(), rounds=0, why=why if wanted else "settled", stop=True)
    return Steering(open=affordable, rounds=rounds, why=why, stop=False)
