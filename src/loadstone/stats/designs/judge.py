"""Designs as a part of a judgement: levels, lanes and adjusted rows, none of which gates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from loadstone.model import (
    CasePlan,
    Comparison,
    DesignLevel,
    Interval,
    Judgement,
    Note,
    Run,
    Scalar,
    Verdict,
)
from loadstone.stats.designs.control_variates import adjustment
from loadstone.stats.designs.lane_bias import lane_biases
from loadstone.stats.designs.levels import levels


@np.errstate(all="ignore")  # what is missing or absurd travels as NaN and infinity
def designed(judgement: Judgement, plans: Sequence[CasePlan], runs: Sequence[Run]) -> Judgement:
    """Judgement with the levels and lanes of its mixed cases, and the adjusted rows of solo ones.

    The verdict is never touched.
    """
    planned = {plan.case.name: plan for plan in plans}
    found = levels(runs, plans)
    rows = [
        replace(row, adjusted=adjustment(row, planned[row.case], runs))
        if row.case in planned
        else row
        for row in judgement.comparisons
    ]
    return replace(
        judgement,
        comparisons=rows,
        levels=found,
        lanes=lane_biases([runs], plans),
        warnings=[*judgement.warnings, *_apart(found), *_sharper(rows)],
    )


def _sharper(rows: Sequence[Comparison]) -> list[Note]:
    """How many undecided rows are at least twice as sharp beside their control variate."""
    sharp = sum(
        _width(row.change) >= 2 * _width(row.adjusted.change)
        for row in rows
        if row.adjusted and row.verdict is Verdict.INCONCLUSIVE
    )
    return [Note.of("adjusted", rows=sharp)] if sharp else []


def _width(interval: Interval | None) -> float:
    return interval.high - interval.low if interval else float("inf")


def _apart(found: Sequence[DesignLevel]) -> list[Note]:
    """A warning for each case and metric whose levels differ, of the side that differs most."""
    most: dict[tuple[str, str], tuple[float, Note]] = {}
    for each in found:
        if not each.coupled or each.ratio is None:
            continue
        data: dict[str, Scalar] = {
            "case": each.case,
            "metric": each.metric.title or each.metric.name,
            "side": str(each.side),
            "apart": each.ratio.estimate,
            "low": each.ratio.low,
            "high": each.ratio.high,
        }
        size = abs(np.log1p(each.ratio.estimate))
        if size > most.get((each.case, each.metric.name), (0.0, None))[0]:
            most[each.case, each.metric.name] = (size, Note(code="levels-apart", data=data))
    return [note for _, note in most.values()]
