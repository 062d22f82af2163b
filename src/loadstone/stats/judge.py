"""The judgement: every row compared, corrected for their number, and worded as verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from loadstone.model import (
    CasePlan,
    Comparison,
    Judgement,
    Look,
    Measurement,
    Policy,
    Reason,
    Verdict,
    Warn,
)
from loadstone.stats import compare, objectives, samples
from loadstone.stats.history import History
from loadstone.stats.location import paired_t
from loadstone.stats.multiplicity import cutoff


def judge(
    measured: Sequence[Measurement],
    plans: Sequence[CasePlan],
    policy: Policy | None = None,
    *,
    history: History | None = None,  # noqa: ARG001
    looks: Sequence[Look] = (),
    invalid: Mapping[str, Sequence[Reason]] | None = None,
) -> Judgement:
    """Judge everything the plans name. `invalid`: by case, why runs of it do not count."""
    policy = policy or Policy()
    table = samples.collect(measured, plans)
    estimates = paired_t(table.ratios, compare.floors(table))
    threshold = cutoff(
        np.where([metric.gated for metric in table.metrics], estimates.p, np.nan), policy.alpha
    )
    rows = compare.comparisons(table, estimates, threshold, policy, invalid or {})
    held = objectives.hold(table, plans)
    return Judgement(
        verdict=verdict(rows, (), [result.verdict for result in held], policy),
        comparisons=rows,
        objectives=held,
        alpha=policy.alpha,
        spent=policy.alpha,
        looks=tuple(looks),
        warnings=_warnings(rows),
        policy=policy,
    )


def verdict(
    rows: Sequence[Comparison],
    suite: Sequence[Comparison],
    objectives: Sequence[str],
    policy: Policy,
) -> Verdict:
    """The verdict of a report from its gated rows, its suite rows, and its objectives' verdicts."""
    gated = [row.verdict for row in (*rows, *suite) if row.metric.gated]
    judged = [one for one in gated if one is not Verdict.INVALID]
    if "missed" in objectives or Verdict.REGRESSION in judged:
        return Verdict.REGRESSION
    if len(judged) * 2 < len(gated) or not judged:
        return Verdict.INVALID
    if Verdict.INCONCLUSIVE in judged and policy.certain:
        return Verdict.INCONCLUSIVE
    if Verdict.IMPROVEMENT in judged:
        return Verdict.IMPROVEMENT
    return Verdict.UNCHANGED


def _warnings(rows: Sequence[Comparison]) -> list[Warn]:
    invalid = sorted({row.case for row in rows if row.verdict is Verdict.INVALID})
    return [Warn(code="invalid-case", data={"case": case}) for case in invalid]
