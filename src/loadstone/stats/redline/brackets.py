"""Brackets: each side's redline between the largest size that met and the smallest that missed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from loadstone.model import Bracket, Plan, Run, Search, Side, SizeResult, SizeRun
from loadstone.model.redline import BUDGET, FROM, TO
from loadstone.stats.redline.bisection import Bisection, SizeVerdict
from loadstone.stats.redline.crossing import Crossing, crossing
from loadstone.stats.redline.run_outcomes import trial

_NEAR = 1.1  # factor by which a crossing may lie outside the bracket, which has its own error


def searched(plan: Plan, runs: Sequence[Run], side: Side) -> Bisection:
    """Search of one side after these runs; raises `ValueError` for a plan without a search."""
    search = search_of(plan)
    excesses: dict[float, list[float]] = {}
    dropped: dict[float, list[str]] = {}
    for size, found in _trials(plan, runs, side):
        if found.excess is None:
            dropped.setdefault(size, []).append(found.outcome)
        else:
            excesses.setdefault(size, []).append(found.excess)
    return Bisection(
        sizes=tuple(search.sizes),
        alpha=plan.policy.alpha / len(search.sides),
        least=search.least,
        most=search.most,
        runs=excesses,
        dropped=dropped,
    )


def search_of(plan: Plan) -> Search:
    """Search of the plan; raises `ValueError` where there is none."""
    if plan.search is None:
        raise ValueError("this plan searches no redline")
    return plan.search


def case_at(plan: Plan, size: float) -> str:
    """Name of the case of a size."""
    return next(name for name, each in _sizes(plan).items() if each == size)


def bracket(plan: Plan, runs: Sequence[Run], side: Side) -> Bracket:
    """Bracket of one side, with every size that was tried."""
    redline = searched(plan, runs, side)
    tried: dict[float, list[SizeRun]] = {}
    for size, found in _trials(plan, runs, side):
        tried.setdefault(size, []).append(found)
    line = line_through(plan, redline)
    return Bracket(
        side=side,
        met=redline.size,
        missed=redline.missed,
        why=_why(redline),
        about=line.size if line else None,
        steps=[
            SizeResult(
                size=size,
                case=case_at(plan, size),
                said=str(redline.said(size)),
                why=redline.why(size),
                trials=tried[size],
            )
            for size in sorted(tried)
        ],
    )


def line_through(plan: Plan, redline: Bisection) -> Crossing | None:
    """Crossing of a side's line with the bound; None without a bracket, or far outside it."""
    found = crossing(redline.runs or {}, plan.policy.alpha)
    met, missed = redline.size, redline.missed
    if found is None or met is None or missed is None:
        return None
    return found if met / _NEAR <= found.size <= missed * _NEAR else None


def _sizes(plan: Plan) -> Mapping[str, float]:
    """Case → its size."""
    axis = search_of(plan).axis
    return {each.case.name: float(each.case.axes[axis]) for each in plan.cases}


def _trials(plan: Plan, runs: Sequence[Run], side: Side) -> list[tuple[float, SizeRun]]:
    """Sizes and what their runs say, in the order of the rounds: later runs change no decision."""
    sizes = _sizes(plan)
    objectives = {each.case.name: each.objectives for each in plan.cases}
    own = sorted((run for run in runs if run.side is side), key=lambda run: run.round)
    return [(sizes[run.case], trial(run, objectives[run.case])) for run in own]


def _why(redline: Bisection) -> str:
    """What keeps a bracket from being narrower."""
    if redline.next() is not None:
        return BUDGET
    met, missed, sizes = redline.size, redline.missed, list(redline.sizes)
    if met == sizes[-1]:
        return TO
    if missed == sizes[0]:
        return FROM
    above = sizes[0] if met is None else sizes[sizes.index(met) + 1]
    return "" if redline.said(above) is SizeVerdict.MISSED else redline.why(above)
