"""Scaling as a part of a judgement: shapes over sizes and growth in time, neither of which gates.

The rows of a judgement are tested together so that a report on two equal revisions rarely flags
anything. Shapes and growth look at the same runs once more, and must not add to that:

- A *shape* whose metric was flagged in one of its cases says what kind of change that is. Equal
  revisions have no flagged row, so testing these shapes among themselves costs no error.
- A *growth* that is a metric of the scenario has a row, and that row's verdict.
- All others are families of their own, each held to a tenth of α over all looks, and reported.

The verdict of the report is never touched.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loadstone.model import CasePlan, Comparison, Growth, Judgement, Run, Verdict
from loadstone.stats.common import spending
from loadstone.stats.common.samples import measurements, of_design
from loadstone.stats.scaling.growth import growths
from loadstone.stats.scaling.shapes import shapes

SHARE = 0.1  # of α, for each family that is reported and not gated
_CHANGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)


def scaled(judgement: Judgement, plans: Sequence[CasePlan], runs: Sequence[Run]) -> Judgement:
    """Judgement with the shapes over its plans' sizes and the growth inside its runs."""
    level = own_level(judgement, runs)
    runs = of_design(runs, plans)
    return replace(
        judgement,
        shapes=shapes(
            measurements(runs, plans),
            plans,
            alpha=level,
            changed=_changed(judgement),
            following=judgement.policy.alpha,
        ),
        growth=_with_rows(growths(runs, plans, alpha=level), judgement.comparisons),
    )


def own_level(judgement: Judgement, runs: Sequence[Run]) -> float:
    """Nominal level of this look for a family that is held to `SHARE` of α over all looks."""
    policy = judgement.policy
    rounds = len({run.round for run in runs if run.valid})
    looks, last = spending.so_far(policy.looks, rounds)
    return spending.levels(looks, last, SHARE * policy.alpha)[-1]


def _changed(judgement: Judgement) -> set[tuple[str, str]]:
    """The rows (case, metric) that are known to have changed: flagged, alone or over all cases."""
    rows = [row for row in judgement.comparisons if row.metric.gated]
    shared = [row.metric.name for row in judgement.suite if _flagged(row)]
    return {
        (row.case, row.metric.name) for row in rows if _flagged(row) or row.metric.name in shared
    }


def _flagged(row: Comparison) -> bool:
    return row.metric.gated and row.verdict in _CHANGED


def _with_rows(found: Sequence[Growth], rows: Sequence[Comparison]) -> list[Growth]:
    """Growth that is a metric of its case takes that row's verdict and gate."""
    by_name = {(row.case, row.metric.name): row for row in rows}
    return [_as_row(each, by_name.get((each.case, each.metric.name))) for each in found]


def _as_row(growth: Growth, row: Comparison | None) -> Growth:
    if row is None:
        return growth
    return replace(
        growth,
        metric=row.metric,
        verdict=row.verdict,
        row=True,
        p=row.p,
        threshold=row.threshold,
    )
