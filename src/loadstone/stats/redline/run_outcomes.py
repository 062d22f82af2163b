"""Outcome of a search's run: a value, a failure, or a censored run that says nothing of the size.

A component that answers wrongly, too late or no more under a load misses the objectives. A load
that the generator could not send, or a machine that was disturbed, says nothing of the component:
taking that for a miss would call the generator's limit the component's. What of such a run is not
spoilt counts, where it is all that the objectives ask for.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from loadstone.model import Note, Objective, Run, SizeRun
from loadstone.model.redline import GENERATOR, INVALID, UPSTREAM
from loadstone.stats.redline.excess import of_objective

VALUE, FAILED = "value", "failed"
BEYOND = 10.0  # an excess is kept within ± this: e¹⁰ is beyond any scale

# Why a run is invalid → what it comes to; every other reason is `invalid`.
_NOT_THE_COMPONENT: Mapping[str, str] = {
    "generator-bottleneck": GENERATOR,
    "requests-dropped": GENERATOR,
    "upstream-bottleneck": UPSTREAM,
}
_THE_COMPONENT = {
    "exited",
    "hold-short",
    "push-refused",
    "rate-short",
    "restarted",
    "wrong-answers",
}


def trial(run: Run, objectives: Sequence[Objective]) -> SizeRun:
    """Classify a run of a size; who else could have been the limit is asked first."""
    outcome = _outcome(run, objectives)
    found = SizeRun(
        round=run.round,
        outcome=outcome,
        excess=BEYOND if outcome == FAILED else None,
        values={one.metric: run.values[one.metric] for one in objectives if _has(run, one)},
        reasons=run.invalid,
    )
    return _valued(found, objectives) if outcome == VALUE else found


def _valued(found: SizeRun, objectives: Sequence[Objective]) -> SizeRun:
    """With the worst objective. Where one was not measured, only a miss of another is sure."""
    excesses = {
        each.metric: of_objective(found.values[each.metric], each)
        for each in objectives
        if each.metric in found.values
    }
    missing = [each.metric for each in objectives if each.metric not in found.values]
    worst = max(excesses, key=lambda metric: excesses[metric], default="")
    if not worst or (missing and excesses[worst] <= 0):
        reason = Note.of("objectives-missing", metrics=", ".join(missing))
        return replace(found, outcome=INVALID, reasons=[reason])
    return replace(found, metric=worst, excess=max(-BEYOND, min(BEYOND, excesses[worst])))


def _has(run: Run, objective: Objective) -> bool:
    return objective.metric in run.values


def _outcome(run: Run, objectives: Sequence[Objective]) -> str:
    unspoilt = all(_has(run, one) for one in objectives)
    codes = [
        each.code
        for each in run.invalid
        if each.code in _THE_COMPONENT or not (each.voids and unspoilt)
    ]
    for code in codes:
        if code in _NOT_THE_COMPONENT:
            return _NOT_THE_COMPONENT[code]
    if not codes:
        return VALUE
    return FAILED if all(code in _THE_COMPONENT for code in codes) else INVALID
