"""Sample-size planning: how many more rounds of which cases would settle what is inconclusive."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loadstone.model import CasePlan, Need, Verdict
from loadstone.stats.common.samples import Floats, Samples
from loadstone.stats.comparison.analysis import Analysis
from loadstone.stats.comparison.rows import SUITE

_STEPS = (2, 4, 8, 16, 32)  # more rounds than the last of these are not worth proposing
_REACH = 1.7  # half-width of a 90 % interval in standard errors, at 30 degrees of freedom
_SIDES = 2


def needs(
    table: Samples, analysis: Analysis, verdicts: Sequence[Verdict], plans: Sequence[CasePlan]
) -> list[Need]:
    """Sample sizes: further rounds, with the cases whose inconclusive gated rows they would settle.

    Rows that would take more than 32 rounds are nobody's plan; they do not count.
    """
    more = rounds(analysis)
    case_needs: dict[str, float] = {}
    for row, case in enumerate(table.cases):
        open_ = analysis.gated[row] and verdicts[row] is Verdict.INCONCLUSIVE
        if open_ and more[row] <= _STEPS[-1]:
            case_needs[case] = max(case_needs.get(case, 0.0), float(more[row]))
    seconds = {plan.case.name: _SIDES * plan.estimate for plan in plans}
    found: dict[int, list[str]] = {}
    for case, wanted in case_needs.items():
        step = next(step for step in _STEPS if step >= wanted)
        found.setdefault(step, []).append(case)
    return [
        Need(cases=cases, rounds=step, seconds=step * sum(seconds[case] for case in cases))
        for step, cases in sorted(found.items())
    ]


def rounds(analysis: Analysis) -> Floats:
    """Further rounds after which each row, if its estimate stayed, would be decided.

    Decided is the sooner of two: its interval inside the margin, or its estimate beyond what is
    tested for. The standard error falls with the root of the rounds.
    """
    size = np.abs(analysis.location)
    with np.errstate(invalid="ignore", divide="ignore"):
        equal = (_REACH * analysis.error / np.maximum(analysis.margin - size, 1e-12)) ** 2
        different = (analysis.half / np.maximum(size, 1e-12)) ** 2
        different = np.where(size >= analysis.least, different, np.inf)
        equal = np.where(analysis.margin > size, equal, np.inf)
        further = analysis.n * (np.minimum(equal, different) - 1)
    fresh = np.where(analysis.n < 2, 4 - analysis.n, further)
    return np.asarray(np.where(analysis.cases == SUITE, np.inf, np.maximum(fresh, 1.0)))
