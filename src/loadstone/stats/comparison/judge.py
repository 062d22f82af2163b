"""Judgement of a report: all rows tested together, with verdicts and the verdict of the whole."""

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
    Note,
    ObjectiveResult,
    Policy,
    Side,
    Verdict,
)
from loadstone.stats.common import samples
from loadstone.stats.common.policy_limits import checked
from loadstone.stats.comparison import failures, objectives
from loadstone.stats.comparison import row_table as table_module
from loadstone.stats.comparison.analysis import Analysis, analyse
from loadstone.stats.comparison.history import History
from loadstone.stats.comparison.needs import needs
from loadstone.stats.comparison.row_warnings import row_warnings

_FINE = (Verdict.UNCHANGED, Verdict.IMPROVEMENT)


@np.errstate(all="ignore")  # what is missing or absurd travels as NaN and infinity
def judge(
    measured: Sequence[Measurement],
    plans: Sequence[CasePlan],
    policy: Policy | None = None,
    *,
    history: History | None = None,
    looks: Sequence[Look] = (),
    invalid: Mapping[str, Sequence[Note]] | None = None,
    solo: Sequence[Measurement] | None = None,
    rounds: int | None = None,
    told: Mapping[tuple[str, str], Sequence[Note]] | None = None,
) -> Judgement:
    """Judge everything the plans name; raises `UsageError` for an impossible policy.

    `history`: the noise model of earlier runs, None to start cold. `looks`: what was seen on the
    way here, for the record; the levels are those of `policy.looks` up to the rounds that are in.
    `invalid`: by case, why runs of it, or parts of these, do not count. `solo`: what objectives are
    held against, where that is not all of `measured`. `rounds`: how many are in, where some of
    them measured nothing that is judged, as the solo rounds of mixed cases. `told`: by case and
    metric, warnings of a row from elsewhere.
    """
    policy = checked(policy or Policy())
    reasons = invalid or {}
    table = samples.collect(measured, plans)
    done = len(table.rounds) if rounds is None else rounds
    analysis = analyse(table, policy, history, done)
    warnings = row_warnings(table, analysis, plans, history, reasons)
    warnings = [
        [*each, *(told or {}).get((case, metric.name), ())]
        for each, case, metric in zip(warnings, table.cases, table.metrics, strict=True)
    ]
    rows, suite = table_module.comparisons(table, analysis, policy, warnings)
    open_ = [_lacking(row) for row in rows]
    rows = [_as_gated(row, gated) for row, gated in zip(rows, analysis.gated, strict=False)]
    rows = failures.judge_rows(rows, table, failures.alone(policy, done))
    held = objectives.hold(table if solo is None else samples.collect(solo, plans), plans, table)
    return Judgement(
        verdict=verdict(rows, suite, held, policy),
        comparisons=rows,
        suite=suite,
        objectives=held,
        alpha=policy.alpha,
        spent=analysis.spent,
        looks=tuple(looks),
        needs=needs(table, analysis, open_, plans),
        warnings=_warnings(rows, analysis, history, policy),
        policy=policy,
    )


def verdict(
    rows: Sequence[Comparison],
    suite: Sequence[Comparison],
    held: Sequence[ObjectiveResult],
    policy: Policy,
) -> Verdict:
    """The verdict of a report, from its gated rows, its suite rows, and head's objectives.

    What is surely bad is a regression, whatever else is not known. What is not known is no pass: a
    gated row or an objective without a number, or that only one side gave, or a case of which
    nothing was compared. A gated row with too few pairs to show any change is inconclusive for the
    whole report, also where nobody asked for certainty.
    """
    gated = [row.verdict for row in rows if row.metric.gated]
    shared = [row.verdict for row in suite if row.metric.gated]
    bounds = [one.verdict for one in held if one.side is Side.HEAD]
    if "missed" in bounds or Verdict.REGRESSION in (*gated, *shared):
        return Verdict.REGRESSION
    lost = Verdict.INVALID in gated or "invalid" in bounds
    if lost or _blank(rows) or any(row.metric.gated and _one_sided(row) for row in rows):
        return Verdict.INVALID
    unsure = Verdict.INCONCLUSIVE in gated or "inconclusive" in bounds
    if unsure and (policy.certain or policy.goal is Goal.CERTIFY):
        return Verdict.INCONCLUSIVE
    if any(row.metric.gated and row.blind for row in rows):
        return Verdict.INCONCLUSIVE
    if Verdict.IMPROVEMENT in (*gated, *shared):
        return Verdict.IMPROVEMENT
    return Verdict.UNCHANGED


def _blank(rows: Sequence[Comparison]) -> bool:
    """Whether nothing was compared of some case, or every run of head alone failed in it."""
    pairs: dict[str, int] = {}
    for row in rows:
        if not failures.is_failed(row.metric):
            pairs[row.case] = max(pairs.get(row.case, 0), row.n)
    return not pairs or not all(pairs.values()) or any(map(failures.head_alone, rows))


def _one_sided(row: Comparison) -> bool:
    return (row.base is None) != (row.head is None)


def _lacking(row: Comparison) -> Verdict:
    """What rounds could settle: how many it takes for failures to be sure, nobody can say."""
    return Verdict.UNCHANGED if failures.is_failed(row.metric) else row.verdict


def _as_gated(row: Comparison, gated: bool) -> Comparison:
    """A row whose history is unstable is reported, not gated, and says so itself."""
    if bool(gated) == row.metric.gated:
        return row
    return replace(row, metric=replace(row.metric, gated=bool(gated)))


def _warnings(
    rows: Sequence[Comparison], analysis: Analysis, history: History | None, policy: Policy
) -> list[Note]:
    measured = [row for row in rows if not failures.is_failed(row.metric)]
    judged = {row.case for row in measured if row.verdict is not Verdict.INVALID}
    invalid = [case for case in dict.fromkeys(row.case for row in measured) if case not in judged]
    found = [Note(code="invalid-case", data={"case": case}) for case in invalid]
    if history is not None and history.reports:
        found.append(Note(code="warm", data={"reports": history.reports}))
    if policy.goal is Goal.CERTIFY:
        gated = [row.verdict for row in rows if row.metric.gated]
        fine = sum(one in _FINE for one in gated)
        # An intersection-union test: each row is held at 5 %, and so is "all of them".
        data = {"rows": fine, "of": len(gated), "level": 0.95, "tests": analysis.tests}
        found.append(Note(code="certified", data=data))
    return found
