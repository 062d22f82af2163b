"""The judgement: every row compared, corrected for their number, and worded as verdicts."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from loadstone.model import (
    CasePlan,
    Comparison,
    Goal,
    Judgement,
    Look,
    Measurement,
    ObjectiveResult,
    Policy,
    Reason,
    Side,
    Verdict,
    Warn,
)
from loadstone.stats import compare, objectives, samples
from loadstone.stats.analysis import Analysis, analyse
from loadstone.stats.cautions import cautions
from loadstone.stats.history import History
from loadstone.stats.needs import needs
from loadstone.stats.policies import checked

_FINE = (Verdict.UNCHANGED, Verdict.IMPROVEMENT)


@np.errstate(all="ignore")  # what is missing or absurd travels as NaN and infinity
def judge(
    measured: Sequence[Measurement],
    plans: Sequence[CasePlan],
    policy: Policy | None = None,
    *,
    history: History | None = None,
    looks: Sequence[Look] = (),
    invalid: Mapping[str, Sequence[Reason]] | None = None,
) -> Judgement:
    """Judge everything the plans name.

    `history`: the noise model of earlier runs, None to start cold. `looks`: what was seen on the
    way here, for the record; the levels are those of `policy.looks` up to the rounds that are in.
    `invalid`: by case, why runs of it do not count.
    """
    policy = checked(policy or Policy())
    reasons = invalid or {}
    table = samples.collect(measured, plans)
    analysis = analyse(table, policy, history)
    warnings = cautions(table, analysis, plans, history, reasons)
    rows, suite = compare.comparisons(table, analysis, policy, warnings, reasons)
    rows = [_as_gated(row, gated) for row, gated in zip(rows, analysis.gated, strict=False)]
    held = objectives.hold(table, plans)
    return Judgement(
        verdict=verdict(rows, suite, held, policy),
        comparisons=rows,
        suite=suite,
        objectives=held,
        alpha=policy.alpha,
        spent=analysis.spent,
        looks=tuple(looks),
        needs=needs(table, analysis, [row.verdict for row in rows], plans),
        warnings=_warnings(rows, analysis, history, policy),
        policy=policy,
    )


def verdict(
    rows: Sequence[Comparison],
    suite: Sequence[Comparison],
    held: Sequence[ObjectiveResult],
    policy: Policy,
) -> Verdict:
    """The verdict of a report, from its gated rows, its suite rows, and head's objectives."""
    gated = [row.verdict for row in rows if row.metric.gated]
    shared = [row.verdict for row in suite if row.metric.gated]
    missed = any(one.verdict == "missed" and one.side is Side.HEAD for one in held)
    if missed or Verdict.REGRESSION in (*gated, *shared):
        return Verdict.REGRESSION
    if not rows or all(row.n == 0 for row in rows) or _mostly_invalid(gated):
        return Verdict.INVALID
    if Verdict.INCONCLUSIVE in gated and (policy.certain or policy.goal is Goal.CERTIFY):
        return Verdict.INCONCLUSIVE
    if Verdict.IMPROVEMENT in (*gated, *shared):
        return Verdict.IMPROVEMENT
    return Verdict.UNCHANGED


def _mostly_invalid(gated: Sequence[Verdict]) -> bool:
    return 2 * sum(one is Verdict.INVALID for one in gated) > len(gated)


def _as_gated(row: Comparison, gated: bool) -> Comparison:
    """A row whose history is unstable is reported, not gated, and says so itself."""
    if bool(gated) == row.metric.gated:
        return row
    return replace(row, metric=replace(row.metric, gated=bool(gated)))


def _warnings(
    rows: Sequence[Comparison], analysis: Analysis, history: History | None, policy: Policy
) -> list[Warn]:
    invalid = dict.fromkeys(row.case for row in rows if row.verdict is Verdict.INVALID)
    found = [Warn(code="invalid-case", data={"case": case}) for case in invalid]
    if history is not None and history.reports:
        found.append(Warn(code="warm", data={"reports": history.reports}))
    if policy.goal is Goal.CERTIFY:
        gated = [row.verdict for row in rows if row.metric.gated]
        fine = sum(one in _FINE for one in gated)
        # An intersection-union test: each row is held at 5 %, and so is "all of them".
        data = {"rows": fine, "of": len(gated), "level": 0.95, "tests": analysis.tests}
        found.append(Warn(code="certified", data=data))
    return found
