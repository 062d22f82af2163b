"""Sequential stopping: after a look, which cases go on, for how many rounds, or stop and why.

A case goes on while it is likely enough that its next rounds change what is said of it. The chance
is predictive: given what was seen, and believing nothing beforehand about the change, how likely is
it that by the last look a row of the case would be flagged (goal *detect*), or would be decided
either way (goal *certify*)? Choosing so adds no error: the levels of the looks hold for any rule of
stopping (see `spending`).

The chance is weighed with the evidence, over all rows of the case, that it changed at all: by
itself it keeps open every case with one row at two standard errors, which among eight metrics are
nearly half of the unchanged ones.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loadstone.model import CasePlan, Goal, Judgement, Measurement, Policy
from loadstone.stats.common.policy_limits import checked
from loadstone.stats.common.samples import collect
from loadstone.stats.comparison.analysis import Analysis, analyse
from loadstone.stats.comparison.history import History
from loadstone.stats.comparison.predictive import openings, prospects, shared
from loadstone.stats.comparison.rows import Flags

# Newly settled rows that a case must promise to go on; more once something was found, because the
# first finding is worth more than the tenth. Chosen so that unchanged reports of "calm, cold" and
# "calm, history of 20" cost about five rounds a case, on seeds below 100
# (`benchmarks.operating_characteristics`).
WORTH = {Goal.DETECT: 0.07, Goal.CERTIFY: 0.62}
FOUND = 1.75
WARM = 0.75  # of that with history, whose promises are surer, so that unchanged reports cost alike
LIGHT = 0.3  # weight of a pair that does not go with the others
MANY, SURE = 6, 8  # pairs that need no second look, if all agree and whatever they do


@dataclass(frozen=True, kw_only=True)
class NextRounds:
    """Decision after a look: so many more rounds of some cases, or stop."""

    open: Sequence[str]  # cases
    rounds: int  # of each of them
    why: str  # for a reader: first-look, promising, budget, settled, last-look
    stop: bool


@np.errstate(all="ignore")
def steer(
    measured: Sequence[Measurement],
    plans: Sequence[CasePlan],
    policy: Policy,
    *,
    judgement: Judgement | None = None,  # noqa: ARG001  (what was said; the numbers are made anew)
    history: History | None = None,
    seconds_per_round: Mapping[str, float],
    spent_seconds: float = 0.0,
    done: int | None = None,
) -> NextRounds:
    """Decide what to do after a look at `measured`.

    `seconds_per_round`: by case, what one more round of both sides takes. `done`: rounds that are
    in, by default those that measured something. Before anything has been measured, every case is
    open until the first look.
    """
    policy = checked(policy)
    names = [plan.case.name for plan in plans]
    table = collect(measured, plans)
    done = len(table.rounds) if done is None else done
    later = [look for look in policy.looks if look > done]
    if not later:
        return NextRounds(open=(), rounds=0, why="last-look", stop=True)
    rounds = later[0] - done
    if not done:
        return _affordable(
            dict.fromkeys(names, 1.0),
            rounds,
            "first-look",
            policy,
            seconds_per_round,
            spent_seconds,
        )
    analysis = analyse(table, policy, history, done)
    worth = promising(analysis, table.cases, policy, pairs_at_the_end(plans, policy))
    return _affordable(worth, rounds, "promising", policy, seconds_per_round, spent_seconds)


def pairs_at_the_end(plans: Sequence[CasePlan], policy: Policy) -> dict[str, int]:
    """By case its pairs at the last look: all rounds but the solo ones of a mixed case."""
    rounds = range(1, policy.looks[-1] + 1)
    return {
        plan.case.name: sum(plan.design_of(number) is plan.design for number in rounds)
        for plan in plans
    }


def promising(
    analysis: Analysis,
    cases: Sequence[str],
    policy: Policy,
    ends: Mapping[str, int] | None = None,
) -> dict[str, float]:
    """Cases worth going on with, and the expected number of rows that each would newly settle.

    The more a case has shown, the less one more row says: it counts 1/(1 + rows found).

    `cases`: the case of each row of the table. `ends`: by case its pairs at the last look, the
    rounds of that look where it is not named.
    """
    last = {case: (ends or {}).get(case, policy.looks[-1]) for case in dict.fromkeys(cases)}
    found = dict.fromkeys(cases, 0.0)
    flagged = analysis.flagged & analysis.gated
    known = Counter(case for case, flag in zip(cases, flagged, strict=False) if flag)
    for case, chance in zip(cases, prospects(analysis, policy, last), strict=False):
        found[case] += float(chance) / (1 + known[case])
    some = bool(flagged.any()) and policy.goal is Goal.DETECT
    bar = WORTH[policy.goal] * (FOUND if some else 1.0)
    if analysis.warm and policy.goal is Goal.DETECT:
        bar *= WARM
    for case, chance in openings(analysis, policy, last).items():
        found[case] += 0.0 if known[case] else chance
    if analysis.mixed and not flagged.any():
        # A suite row is one finding of all the cases that it takes. Solo rounds cost too much for
        # it: with it unchanged reports of "calm, cold" took 5.3 rounds a case instead of 4.8.
        whole = float(shared(analysis, policy, last).sum())
        found = {case: rows + whole / max(len(found), 1) for case, rows in found.items()}
    again = second_look(analysis, cases)
    return {
        case: max(rows, 1.0) if case in again else rows
        for case, rows in found.items()
        if rows > bar or case in again
    }


def second_look(analysis: Analysis, cases: Sequence[str]) -> set[str]:
    """Cases to be confirmed: too few rounds speak for what this look flagged.

    Four rounds may agree because of a slow mode, or by scales that other rows lent; six may not,
    unless one of them goes against the others. A suite row that no case bears out asks every case.
    What was counted alike in all rounds is sure.
    """
    few = (analysis.n < MANY) | ((analysis.n < SURE) & _against(analysis))
    flagged = analysis.flagged & analysis.gated
    size = len(cases)
    borne = {one.name for one, flag in zip(analysis.metrics, flagged[:size], strict=False) if flag}
    few &= flagged & (analysis.error > 0)
    shared = zip(analysis.metrics[size:], few[size:], strict=True)
    if any(flag and one.name not in borne for one, flag in shared):
        return set(cases)
    return {case for case, flag in zip(cases, few, strict=False) if flag}


def _against(analysis: Analysis) -> Flags:
    """Rows of which an outlying pair does not go with the others: not half as far, or backwards.

    A pair that is far off on a clear change's own side contradicts nothing.
    """
    own = analysis.weights / np.maximum(analysis.trust, 1e-12)
    size = np.abs(analysis.location)[:, None]
    along = analysis.ratios * np.sign(analysis.location)[:, None]
    return np.asarray(((own < LIGHT) & (along < size / 2)).any(axis=1))


def _affordable(
    worth: Mapping[str, float],
    rounds: int,
    why: str,
    policy: Policy,
    seconds_per_round: Mapping[str, float],
    spent_seconds: float,
) -> NextRounds:
    """As many of the worthwhile cases as the budget pays for, the likeliest first."""
    if not worth:
        return NextRounds(open=(), rounds=0, why="settled", stop=True)
    left = float("inf") if policy.budget is None else policy.budget - spent_seconds
    chosen = set()
    for case in sorted(worth, key=lambda name: -worth[name]):
        cost = rounds * seconds_per_round.get(case, 0.0)
        if cost <= left:
            chosen.add(case)
            left -= cost
    if len(chosen) < len(worth):
        why = "budget"
    open_ = [case for case in worth if case in chosen]
    return NextRounds(open=open_, rounds=rounds if open_ else 0, why=why, stop=not open_)
