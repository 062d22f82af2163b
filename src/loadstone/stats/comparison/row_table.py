"""Table of comparisons: the verdict on each case and metric, and every number behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import expm1, inf, isfinite, isnan
from typing import Any

import numpy as np
from scipy.special import ndtri

from loadstone.model import Comparison, Direction, Interval, Note, Policy, Summary, Verdict
from loadstone.stats.common.samples import Floats, Samples, summary
from loadstone.stats.comparison.analysis import Analysis
from loadstone.stats.comparison.row_columns import DIFFERENCE
from loadstone.stats.comparison.row_warnings import INVALID_RUN
from loadstone.stats.comparison.rows import SUITE

_FARTHEST = 300.0  # log-ratios beyond this are no numbers any more


def comparisons(
    table: Samples,
    analysis: Analysis,
    policy: Policy,
    warnings: Sequence[Sequence[Note]],
) -> tuple[list[Comparison], list[Comparison]]:
    """Comparisons of the cases' rows, and of the suite rows.

    A row is invalid that could not be judged because runs of it do not count.
    """
    flagged, unchanged = analysis.flagged, analysis.unchanged
    detectable = analysis.half + float(ndtri(policy.power)) * analysis.error
    plain = _plain(analysis)
    cases: list[Comparison] = []
    shared: list[Comparison] = []
    for row, metric in enumerate(analysis.metrics):
        whole = bool(analysis.cases[row] == SUITE)
        base, head = (None, None) if whole else _sides(table, row)
        case = "" if whole else table.cases[row]
        said = _verdict(analysis, row, flagged=bool(flagged[row]), unchanged=bool(unchanged[row]))
        told = list(warnings[row]) if row < len(warnings) else []
        if isnan(analysis.location[row]) and _lost(told):
            said = Verdict.INVALID
        comparison = Comparison(
            case=case,
            metric=metric,
            verdict=said,
            n=int(analysis.n[row]),
            base=base,
            head=head,
            change=_change(
                analysis,
                row,
                abs(base.center) if base else None,
                floored=bool(base and head and min(base.low, head.low) >= 0),
            ),
            difference=head.center - base.center if base and head else None,
            detectable=_detectable(analysis, row, float(detectable[row])),
            p=_number(analysis.p[row]),
            threshold=_number(analysis.cutoffs[row]) if isfinite(analysis.p[row]) else None,
            method=analysis.method[row],
            warnings=told,
            explain=_explain(plain, row, table.rounds),
        )
        (shared if whole else cases).append(comparison)
    return cases, shared


def _lost(warnings: Sequence[Note]) -> bool:
    return any(warn.code == INVALID_RUN for warn in warnings)


def _verdict(analysis: Analysis, row: int, *, flagged: bool, unchanged: bool) -> Verdict:
    direction = analysis.metrics[row].direction
    if flagged and direction is not Direction.NONE:
        worse = (analysis.location[row] > 0) == (direction is Direction.LOWER)
        return Verdict.REGRESSION if worse else Verdict.IMPROVEMENT
    return Verdict.UNCHANGED if unchanged else Verdict.INCONCLUSIVE


def _sides(table: Samples, row: int) -> tuple[Summary | None, Summary | None]:
    return summary(table.base[row]), summary(table.head[row])


def _change(analysis: Analysis, row: int, base: float | None, *, floored: bool) -> Interval | None:
    """The relative change. `floored`: nothing negative was measured, so no more than all can go."""
    bounds = [float(x[row]) for x in (analysis.location, analysis.low, analysis.high)]
    if not all(isfinite(bound) for bound in bounds):
        return None
    least = -1.0 if floored else -inf
    if analysis.method[row] == DIFFERENCE:
        if not base:
            return None
        ratio = float(analysis.unit[row]) / base
        estimate, low, high = (max(bound * ratio, least) for bound in bounds)
    else:
        estimate, low, high = (relative(bound) for bound in bounds)
    if not all(isfinite(bound) for bound in (estimate, low, high)):
        return None
    return Interval(estimate=estimate, low=low, high=high)


def _detectable(analysis: Analysis, row: int, size: float) -> float | None:
    if not isfinite(size) or analysis.method[row] == DIFFERENCE:
        return None
    return relative(size)


def relative(ratio: float) -> float:
    """Relative change `exp(ratio) − 1` of a log-ratio, as far as numbers go."""
    return expm1(min(ratio, _FARTHEST))


def _number(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _plain(analysis: Analysis) -> Mapping[str, list[Any]]:
    """The columns of the analysis as plain lists, None where there is no number."""
    columns: dict[str, Floats] = {
        "ratios": analysis.ratios,
        "weights": analysis.weights,
        "trust": analysis.trust,
        "share": analysis.share,
        "scale": analysis.scales,
        "error": analysis.error,
        "location": analysis.location,
        "p": analysis.p,
        "cutoff": analysis.cutoffs,
        "kappa": analysis.kappa,
        "caution": analysis.caution,
        "bias": analysis.bias,
        "unit": analysis.unit,
        "margin": analysis.margin,
        "least": analysis.least,
        "prior_scale": np.exp(analysis.scale.center),
        "prior_spread": analysis.scale.spread,
        "nu": analysis.scale.nu,
        "floor": analysis.scale.floor,
    }
    with np.errstate(invalid="ignore", divide="ignore"):
        columns["t"] = analysis.location / analysis.error
    columns["df"] = np.maximum(analysis.n - 1, 0) + 0.5 * analysis.scale.spread**-2.0
    found: dict[str, list[Any]] = {
        name: np.where(np.isfinite(column), column.astype(object), np.array(None)).tolist()
        for name, column in columns.items()
    }
    found["dispersion"] = [analysis.dispersion.get(row) for row in range(len(analysis.metrics))]
    size = len(analysis.metrics)
    found["level"], found["tests"] = [analysis.level] * size, [analysis.tests] * size
    found["spent"], found["gated"] = [analysis.spent] * size, analysis.gated.tolist()
    return found


def _explain(plain: Mapping[str, list[Any]], row: int, rounds: Sequence[int]) -> dict[str, Any]:
    """Every number that a statistician needs to check the row by hand."""
    found = {name: column[row] for name, column in plain.items()}
    pairs = [place for place, ratio in enumerate(found["ratios"]) if ratio is not None]
    found["rounds"] = [rounds[place] for place in pairs]
    found["ratios"] = [found["ratios"][place] for place in pairs]
    for name in ("weights", "trust"):
        found[name] = [found[name][place] for place in pairs]
    return found
