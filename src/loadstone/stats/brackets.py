"""Redlines from the runs of a search: a bracket for each side, and head's against base's.

Each side's search has its share of α, so with chance 1 − α all steps of both are right. Then base
is in `[met, missed)` of its bracket and head in that of its own, and their ratio is between the
ratios of the far ends: no further test is needed, and none could be surer.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import sqrt

from loadstone.model import Bracket, Plan, Redlines, Run, Side, Step, Trial, Verdict
from loadstone.stats.outcomes import GENERATOR, INVALID, UPSTREAM, trial
from loadstone.stats.redline import Redline, Said

FROM, TO, BUDGET = "from", "to", "budget"
_NOTHING_SAID = (GENERATOR, UPSTREAM, INVALID)


def searched(plan: Plan, runs: Sequence[Run], side: Side) -> Redline:
    """The search of one side after these runs. Raises `ValueError` for a plan without a search."""
    sizes = _sizes(plan)
    redline = _begun(plan)
    for size, found in _trials(plan, runs, side, sizes):
        if found.excess is None:
            redline = redline.drop(size, found.outcome)
        else:
            redline = redline.add(size, found.excess)
    return redline


def redlines(plan: Plan, runs: Sequence[Run]) -> Redlines:
    """What the runs so far say of every side that is searched, and of head against base."""
    search = plan.search
    if search is None:
        raise ValueError("this plan searches no redline")
    brackets = [_bracket(plan, runs, side) for side in search.sides]
    alpha = plan.policy.alpha
    if len(brackets) == 1:
        return Redlines(brackets=brackets, alpha=alpha)
    change, low, high = _change(*brackets)
    return Redlines(
        brackets=brackets,
        alpha=alpha,
        verdict=_verdict(brackets, low, high),
        change=change,
        low=low,
        high=high,
    )


def decided(found: Redlines) -> bool:
    """Whether the question is answered: how head compares or, alone, where its redline is."""
    if found.verdict is None:
        return found.brackets[-1].why in ("", FROM)
    return found.verdict not in (Verdict.INCONCLUSIVE, Verdict.INVALID)


def silent(found: Redlines) -> bool:
    """Whether nothing that was measured says anything of a side that was asked for."""
    return any(map(_silent, found.brackets))


def case_at(plan: Plan, size: float) -> str:
    """The name of the case of a size."""
    return next(name for name, each in _sizes(plan).items() if each == size)


def _begun(plan: Plan) -> Redline:
    search = plan.search
    if search is None:
        raise ValueError("this plan searches no redline")
    return Redline(
        sizes=tuple(search.sizes),
        alpha=plan.policy.alpha / len(search.sides),
        least=search.least,
        most=search.most,
    )


def _sizes(plan: Plan) -> Mapping[str, float]:
    """Case → its size."""
    axis = plan.search.axis if plan.search else ""
    return {each.case.name: float(each.case.axes[axis]) for each in plan.cases}


def _trials(
    plan: Plan, runs: Sequence[Run], side: Side, sizes: Mapping[str, float]
) -> list[tuple[float, Trial]]:
    """Sizes and what their runs say, in the order of the rounds: later runs change no decision."""
    objectives = {each.case.name: each.objectives for each in plan.cases}
    own = sorted((run for run in runs if run.side is side), key=lambda run: run.round)
    return [(sizes[run.case], trial(run, objectives[run.case])) for run in own]


def _bracket(plan: Plan, runs: Sequence[Run], side: Side) -> Bracket:
    redline = searched(plan, runs, side)
    tried: dict[float, list[Trial]] = {}
    for size, found in _trials(plan, runs, side, _sizes(plan)):
        tried.setdefault(size, []).append(found)
    return Bracket(
        side=side,
        met=redline.size,
        missed=redline.missed,
        why=_why(redline),
        steps=[
            Step(
                size=size,
                case=case_at(plan, size),
                said=str(redline.said(size)),
                why=redline.why(size),
                trials=tried[size],
            )
            for size in sorted(tried)
        ],
    )


def _why(redline: Redline) -> str:
    """What keeps a bracket from being narrower."""
    if redline.next() is not None:
        return BUDGET
    met, missed, sizes = redline.size, redline.missed, list(redline.sizes)
    if met == sizes[-1]:
        return TO
    if missed == sizes[0]:
        return FROM
    above = sizes[0] if met is None else sizes[sizes.index(met) + 1]
    return "" if redline.said(above) is Said.MISSED else redline.why(above)


def _change(base: Bracket, head: Bracket) -> tuple[float | None, float | None, float | None]:
    """Head's redline relative to base's, from the middles of the brackets, and its bounds."""
    low, high = _ratio(head.met, base.missed), _ratio(head.missed, base.met)
    if low is None or high is None:
        return None, low, high
    return sqrt((1 + low) * (1 + high)) - 1, low, high


def _ratio(size: float | None, by: float | None) -> float | None:
    return None if size is None or by is None else size / by - 1


def _verdict(brackets: Sequence[Bracket], low: float | None, high: float | None) -> Verdict:
    if high is not None and high <= 0:
        return Verdict.REGRESSION
    if low is not None and low >= 0:
        return Verdict.IMPROVEMENT
    if all(not each.why for each in brackets):
        return Verdict.UNCHANGED  # the same bracket, as narrow as was asked
    return Verdict.INVALID if any(map(_silent, brackets)) else Verdict.INCONCLUSIVE


def _silent(bracket: Bracket) -> bool:
    return bracket.met is None and bracket.missed is None and bracket.why in _NOTHING_SAID
