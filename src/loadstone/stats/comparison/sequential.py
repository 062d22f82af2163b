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
from scipy.special import ndtr

from loadstone.model import CasePlan, Goal, Judgement, Measurement, Policy
from loadstone.stats.common import spending
from loadstone.stats.common.policies import checked
from loadstone.stats.common.samples import Floats, collect
from loadstone.stats.comparison.analysis import Analysis, analyse
from loadstone.stats.comparison.history import History
from loadstone.stats.comparison.rows import SUITE

# Newly settled rows that a case must promise to go on; more once something was found, because the
# first finding is worth more than the tenth.
WORTH = {Goal.DETECT: 0.07, Goal.CERTIFY: 0.62}
FOUND = 1.75
WARM = 0.75  # of that with history, whose promises are surer, so that unchanged reports cost alike
USUAL_CHANGE = 0.05  # of all metrics of a case together, where it changed
LIGHT = 0.3  # weight of a pair that does not go with the others
MANY, SURE = 6, 8  # pairs that need no second look, if all agree and whatever they do
_PART = 0.5  # of the bias is what a test loses by it, more or less
SHARES = (0.15, 0.5, 0.9)  # of a changed case's rows may have changed
PRIOR = 0.2  # chance that a case changed, before anything was seen


@dataclass(frozen=True, kw_only=True)
class NextRounds:
    """What to do next: `rounds` more of the cases in `open`, or stop. `why` is for a reader.

    `why`: first-look, promising, budget, settled, last-look.
    """

    open: Sequence[str]
    rounds: int
    why: str
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
) -> NextRounds:
    """What to do after a look at `measured`.

    `seconds_per_round`: by case, what one more round of both sides takes. Before anything has been
    measured, every case is open until the first look.
    """
    policy = checked(policy)
    names = [plan.case.name for plan in plans]
    table = collect(measured, plans)
    done = len(table.rounds)
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
    worth = promising(analyse(table, policy, history), table.cases, policy)
    return _affordable(worth, rounds, "promising", policy, seconds_per_round, spent_seconds)


@np.errstate(all="ignore")
def prospects(analysis: Analysis, policy: Policy) -> Floats:
    """Per row the chance that going on until the last look newly settles it; 0 where nothing can.

    A row is *changed* with a chance that its whole case argues for (`_changed`). If it is, its
    change has a normal prior as wide as what matters; the estimate at the last look is then normal,
    and the row is flagged where that passes the last look's bar.
    """
    last = policy.looks[-1]
    n = np.minimum(analysis.n, last)
    margin = np.clip(analysis.margin, 0.01, 10.0)
    final = spending.levels(policy.looks, last, analysis.part * policy.alpha, analysis.worth)[-1]
    with np.errstate(invalid="ignore", divide="ignore"):
        error = analysis.error * np.sqrt(n / last)
        level = np.clip(analysis.cutoffs * final / analysis.level, 1e-12, 1)
        reach = spending.critical(level) * error + analysis.bias * _PART
        bar = np.maximum(reach, analysis.least)
        kept = margin**2 / (margin**2 + analysis.error**2)
        middle = kept * analysis.location
        wander = np.sqrt(kept * analysis.error**2 + error**2)
        seen = ndtr((middle - bar) / wander) + ndtr((-middle - bar) / wander)
        chance = seen * _changed(analysis, margin)
        if policy.goal is Goal.CERTIFY:
            left = np.maximum(analysis.error * np.sqrt(1 - n / last), 1e-12)
            chance = np.where(analysis.unchanged, 0.0, chance + _equivalent(analysis, error, left))
    open_ = analysis.gated & ~analysis.flagged & (analysis.cases != SUITE) & (n < last)
    open_ &= (analysis.n > 0) & ~((analysis.location == 0) & (analysis.error == 0))
    return np.where(open_, np.nan_to_num(chance, nan=1.0), 0.0)


def _changed(analysis: Analysis, margin: Floats) -> Floats:
    """Per row the chance that it changed, from its own evidence and that of its case.

    Each row's Bayes factor weighs "changed by about its margin" against "not at all". A case has
    changed with chance PRIOR; in a changed case few, half or most of the rows have (`SHARES`), and
    the rows themselves say which: where one alone stands out, the others are not waited for.
    """
    with np.errstate(invalid="ignore", divide="ignore"):
        error2 = analysis.error**2
        wide = 1 + margin**2 / error2
        excess = analysis.location**2 / error2 / 2 * (1 - 1 / wide)
        factor = np.exp(np.clip(excess, 0, 30)) / np.sqrt(wide)
    factor = np.where(np.isfinite(factor) & analysis.gated, factor, 1.0)
    cases = analysis.cases - SUITE
    parts = [1 - part + part * factor for part in SHARES]
    evidence = np.array([np.bincount(cases, np.log(part)) for part in parts])
    odds = PRIOR / (1 - PRIOR) / len(SHARES) * np.exp(np.clip(evidence, -30, 30))
    chance = odds / (1 + odds.sum(axis=0))
    rows = [part * factor / whole for part, whole in zip(SHARES, parts, strict=True)]
    return np.asarray(sum(chance[place][cases] * row for place, row in enumerate(rows)))


def _equivalent(analysis: Analysis, error: Floats, wander: Floats) -> Floats:
    """Chance that a row's 90 % interval will lie inside its margin."""
    room = analysis.margin - 1.7 * error
    middle = analysis.location
    inside = ndtr((room - middle) / wander) - ndtr((-room - middle) / wander)
    return np.where(room > 0, np.maximum(inside, 0), 0.0)


def promising(analysis: Analysis, cases: Sequence[str], policy: Policy) -> dict[str, float]:
    """The cases worth going on with, and how many rows each would probably newly settle.

    The more a case has shown, the less one more row says: it counts 1/(1 + rows found).

    `cases`: the case of each row of the table.
    """
    found = dict.fromkeys(cases, 0.0)
    flagged = analysis.flagged & analysis.gated
    known = Counter(case for case, flag in zip(cases, flagged, strict=False) if flag)
    for case, chance in zip(cases, prospects(analysis, policy), strict=False):
        found[case] += float(chance) / (1 + known[case])
    some = bool(flagged.any()) and policy.goal is Goal.DETECT
    bar = WORTH[policy.goal] * (FOUND if some else 1.0)
    if analysis.warm and policy.goal is Goal.DETECT:
        bar *= WARM
    for case, chance in _opening(analysis, cases, policy).items():
        found[case] += 0.0 if known[case] else chance
    again = second_look(analysis, cases)
    return {
        case: max(rows, 1.0) if case in again else rows
        for case, rows in found.items()
        if rows > bar or case in again
    }


def _opening(analysis: Analysis, cases: Sequence[str], policy: Policy) -> dict[str, float]:
    """By case the chance that the last look says of all its metrics together that they changed."""
    whole, last = analysis.whole, policy.looks[-1]
    each = whole.estimates
    final = spending.levels(policy.looks, last, analysis.part * policy.alpha, analysis.worth)[-1]
    level = np.clip(analysis.bar * final / analysis.level, 1e-12, 1)
    later = each.error * np.sqrt(np.minimum(each.n, last) / last)
    usual = USUAL_CHANGE / whole.unit
    bar = spending.critical(level) * later + _PART * whole.bias
    kept = usual**2 / (usual**2 + each.error**2)
    wander = np.sqrt(kept * each.error**2 + later**2)
    middle = kept * each.location
    seen = ndtr((middle - bar) / wander) + ndtr((-middle - bar) / wander)
    wide = 1 + usual**2 / each.error**2
    excess = each.location**2 / each.error**2 / 2 * (1 - 1 / wide)
    odds = PRIOR / (1 - PRIOR) * np.exp(np.clip(excess, 0, 30)) / np.sqrt(wide)
    chance = np.where(each.n < last, np.nan_to_num(seen * odds / (1 + odds)), 0.0)
    names = list(dict.fromkeys(cases))
    return {names[case]: float(one) for case, one in zip(whole.cases, chance, strict=True)}


def second_look(analysis: Analysis, cases: Sequence[str]) -> set[str]:
    """The cases in which too few rounds speak for what this look flagged, though more may be had.

    Four rounds may agree because of a slow mode, or by scales that other rows lent; six may not,
    unless one of them goes against the others. A suite row that no case bears out asks every case.
    What was counted alike in all rounds is sure.
    """
    own = analysis.weights / np.maximum(analysis.trust, 1e-12)
    against = (np.isfinite(analysis.ratios) & (own < LIGHT)).any(axis=1)
    few = (analysis.n < MANY) | ((analysis.n < SURE) & against)
    flagged = analysis.flagged & analysis.gated
    size = len(cases)
    borne = {one.name for one, flag in zip(analysis.metrics, flagged[:size], strict=False) if flag}
    few &= flagged & (analysis.error > 0)
    shared = zip(analysis.metrics[size:], few[size:], strict=True)
    if any(flag and one.name not in borne for one, flag in shared):
        return set(cases)
    return {case for case, flag in zip(cases, few, strict=False) if flag}


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
