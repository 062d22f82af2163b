"""Warnings on rows, as data: what a reader should know besides the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from loadstone.model import CasePlan, Note
from loadstone.model.reasons import of_metric
from loadstone.stats.common.counts import EXACT, pairs_needed
from loadstone.stats.common.percentiles import shortage
from loadstone.stats.common.samples import Floats, Samples, middle
from loadstone.stats.comparison.analysis import Analysis
from loadstone.stats.comparison.history import History
from loadstone.stats.comparison.row_columns import DIFFERENCE

INVALID_RUN = "invalid-run"
_WILD_WEIGHT = 0.3  # a pair more than 3.6 scales off (t₄ weights)
_WILD = 6.0  # median absolute deviations that make a side's run far off: a choice, only shown


def row_warnings(
    table: Samples,
    analysis: Analysis,
    plans: Sequence[CasePlan],
    history: History | None,
    invalid: Mapping[str, Sequence[Note]],
) -> list[list[Note]]:
    """Collect the warnings of every row of the table."""
    planned = {plan.case.name: plan for plan in plans}
    ratios = table.ratios
    wild = _wild(table, analysis)
    found = []
    for row, case in enumerate(table.cases):
        metric = table.metrics[row]
        void = of_metric(_once(invalid.get(case, ())), planned[case], metric)
        warnings = [_invalid(reason) for reason in void]
        warnings += _pairing(table, row)
        warnings += _logarithms(table, analysis, row, int(np.isfinite(ratios[row]).sum()))
        warnings += wild.get(row, [])
        short = shortage(planned[case], metric)
        if short:
            warnings.append(Note.of("few-requests", needed=short[0], expected=short[1]))
        if history is not None and history.unstable(case, metric.name):
            warnings.append(Note.of("unstable-history", reports=history.reports))
        if analysis.method[row] == EXACT and analysis.location[row] != 0:
            base, head = (float(np.nanmedian(side[row])) for side in (table.base, table.head))
            warnings.append(Note.of("certain", base=base, head=head, rounds=int(analysis.n[row])))
            warnings += _few(int(analysis.n[row]), float(analysis.cutoffs[row]))
        if not metric.gated:
            pass
        elif metric.direction.value == "none":
            warnings.append(Note.of("no-direction"))
        found.append(warnings)
    return found


def _few(pairs: int, level: float) -> list[Note]:
    needed = pairs_needed(level)
    return [Note.of("few-pairs", pairs=pairs, needed=needed)] if pairs < needed else []


def _invalid(reason: Note) -> Note:
    return Note.of(INVALID_RUN, **{**reason.data, "reason": reason.code})


def _once(reasons: Sequence[Note]) -> list[Note]:
    return list(dict.fromkeys(reasons))


def _pairing(table: Samples, row: int) -> list[Note]:
    base, head = np.isfinite(table.base[row]), np.isfinite(table.head[row])
    either, both = int((base | head).sum()), int((base & head).sum())
    if not either:
        return [Note.of("not-measured")]
    if not base.any():
        return [Note.of("no-base", rounds=either)]
    if not head.any():
        return [Note.of("no-head", rounds=either)]
    if both < either:
        return [Note.of("unpaired", paired=both, rounds=either)]
    return [Note.of("one-pair")] if both == 1 else []


def _logarithms(table: Samples, analysis: Analysis, row: int, logs: int) -> list[Note]:
    """Pairs in which a side was zero or negative, and what was done about them."""
    pairs = int((np.isfinite(table.base[row]) & np.isfinite(table.head[row])).sum())
    if analysis.method[row] == DIFFERENCE:
        return [Note.of("differences", unit=float(analysis.unit[row]))]
    if logs < pairs and not table.metrics[row].counted:
        return [Note.of("no-logarithm", left=logs, pairs=pairs)]
    return []


def _far(values: Floats) -> Floats:
    """How many median absolute deviations each run's logarithm is from its side's median."""
    with np.errstate(all="ignore"):
        logs = np.log(np.where(values > 0, values, np.nan))
        known = np.isfinite(logs)
        enough = known.sum(axis=1, keepdims=True) >= 4
        filled = np.where(enough, np.where(known, logs, np.nan), 0.0)
        away = np.abs(filled - middle(filled)[:, None])
        return np.asarray(away / np.maximum(middle(away)[:, None], 1e-3))


def _wild(table: Samples, analysis: Analysis) -> dict[int, list[Note]]:
    """By row its rounds that are far off: on one side, where the weight is small, or on both."""
    size = len(table.cases)
    base, head = _far(table.base), _far(table.head)
    weights, ratios = analysis.weights[:size], np.isfinite(analysis.ratios[:size])
    # Its own weight: where only the other metrics are far off, this one has nothing to name.
    own = weights / np.maximum(analysis.trust[:size], 1e-12)
    light = ratios & (analysis.n[:size, None] >= 3) & (own > 0) & (own < _WILD_WEIGHT)
    both = (base > _WILD) & (head > _WILD)
    more = np.where(head >= base, "head", "base")
    found: dict[int, list[Note]] = {}
    for row, place in np.argwhere(both | light).tolist():
        number = table.rounds[place]
        if both[row, place]:
            warn = Note.of("wild-round", round=number, side="both")
        else:
            weight = round(float(weights[row, place]), 3)
            warn = Note.of("wild-round", round=number, side=str(more[row, place]), weight=weight)
        found.setdefault(row, []).append(warn)
    return found
