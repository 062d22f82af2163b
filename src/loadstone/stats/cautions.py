"""What a reader of a row should know besides its numbers, as data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from loadstone.model import CasePlan, Reason, Scalar, Warn
from loadstone.reasons import of_metric
from loadstone.stats.analysis import DIFFERENCE, Analysis
from loadstone.stats.counts import EXACT
from loadstone.stats.history import History
from loadstone.stats.percentiles import shortage
from loadstone.stats.samples import Floats, Samples

INVALID_RUN = "invalid-run"
_WILD_WEIGHT = 0.3  # a pair more than 3.6 scales off (t₄ weights)
_WILD = 6.0  # median absolute deviations that make a side's run far off


def cautions(
    table: Samples,
    analysis: Analysis,
    plans: Sequence[CasePlan],
    history: History | None,
    invalid: Mapping[str, Sequence[Reason]],
) -> list[list[Warn]]:
    """The warnings of every row of the table."""
    planned = {plan.case.name: plan for plan in plans}
    away = {"base": _far(table.base), "head": _far(table.head)}
    found = []
    for row, case in enumerate(table.cases):
        metric = table.metrics[row]
        void = of_metric(_once(invalid.get(case, ())), planned[case], metric)
        warnings = [_invalid(reason) for reason in void]
        warnings += _pairing(table, row)
        warnings += _logarithms(table, analysis, row)
        warnings += _wild(table, analysis, row, away)
        short = shortage(planned[case], metric)
        if short:
            warnings.append(_warn("few-requests", needed=short[0], expected=short[1]))
        if history is not None and history.unstable(case, metric.name):
            warnings.append(_warn("unstable-history", reports=history.reports))
        if analysis.method[row] == EXACT and analysis.location[row] != 0:
            base, head = (float(np.nanmedian(side[row])) for side in (table.base, table.head))
            warnings.append(_warn("certain", base=base, head=head, rounds=int(analysis.n[row])))
        if not metric.gated:
            pass
        elif metric.direction.value == "none":
            warnings.append(_warn("no-direction"))
        found.append(warnings)
    return found


def _warn(code: str, **data: Scalar) -> Warn:
    return Warn(code=code, data=data)


def _invalid(reason: Reason) -> Warn:
    return _warn(INVALID_RUN, reason=reason.code, text=reason.text)


def _once(reasons: Sequence[Reason]) -> list[Reason]:
    return list(dict.fromkeys(reasons))


def _pairing(table: Samples, row: int) -> list[Warn]:
    base, head = np.isfinite(table.base[row]), np.isfinite(table.head[row])
    either, both = int((base | head).sum()), int((base & head).sum())
    if not either:
        return [_warn("not-measured")]
    if not base.any():
        return [_warn("no-base", rounds=either)]
    if not head.any():
        return [_warn("no-head", rounds=either)]
    if both < either:
        return [_warn("unpaired", paired=both, rounds=either)]
    return [_warn("one-pair")] if both == 1 else []


def _logarithms(table: Samples, analysis: Analysis, row: int) -> list[Warn]:
    """Pairs in which a side was zero or negative, and what was done about them."""
    pairs = int((np.isfinite(table.base[row]) & np.isfinite(table.head[row])).sum())
    logs = int(np.isfinite(table.ratios[row]).sum())
    if analysis.method[row] == DIFFERENCE:
        return [_warn("differences", unit=float(analysis.unit[row]))]
    if logs < pairs and not table.metrics[row].counted:
        return [_warn("no-logarithm", left=logs, pairs=pairs)]
    return []


def _far(values: Floats) -> Floats:
    """How many median absolute deviations each run's logarithm is from its side's median."""
    with np.errstate(all="ignore"):
        logs = np.log(np.where(values > 0, values, np.nan))
        known = np.isfinite(logs)
        enough = known.sum(axis=1, keepdims=True) >= 4
        filled = np.where(enough, np.where(known, logs, np.nan), 0.0)
        away = np.abs(filled - _middle(filled))
        return np.asarray(away / np.maximum(_middle(away), 1e-3))


def _middle(values: Floats) -> Floats:
    """The median of each row's finite values, without a warning where there are none."""
    ordered = np.sort(values, axis=1)
    n = np.isfinite(values).sum(axis=1)
    last = np.maximum(n - 1, 0)
    rows = np.arange(len(values))
    if not values.shape[1]:
        return np.full((len(values), 1), np.nan)
    middle = (ordered[rows, last // 2] + ordered[rows, (last + 1) // 2]) / 2
    return np.asarray(middle[:, None])


def _wild(table: Samples, analysis: Analysis, row: int, away: Mapping[str, Floats]) -> list[Warn]:
    """The rounds that are far off: on one side, where the weight is small, or on both alike."""
    found = []
    for place, number in enumerate(table.rounds):
        far = [side for side in ("base", "head") if away[side][row, place] > _WILD]
        ratio = np.isfinite(analysis.ratios[row, place])
        # Its own weight: where only the other metrics are far off, this one has nothing to name.
        own = analysis.weights[row, place] / max(analysis.trust[row, place], 1e-12)
        light = ratio and analysis.n[row] >= 3 and 0 < own < _WILD_WEIGHT
        if len(far) == 2:
            found.append(_warn("wild-round", round=number, side="both"))
        elif light:
            more = "head" if away["head"][row, place] >= away["base"][row, place] else "base"
            found.append(
                _warn(
                    "wild-round",
                    round=number,
                    side=more,
                    weight=round(float(analysis.weights[row, place]), 3),
                )
            )
    return found
