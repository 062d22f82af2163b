"""Rows of the report: what is said of one case and metric, and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import expm1

import numpy as np
from scipy.special import ndtri, stdtrit

from loadstone.model import (
    Comparison,
    Direction,
    Interval,
    Metric,
    Policy,
    Reason,
    Verdict,
    Warn,
)
from loadstone.stats.location import Estimates
from loadstone.stats.samples import Floats, Samples, summary

HISTOGRAM = 0.0005  # relative step of a histogram with three significant digits


def floors(table: Samples) -> Floats:
    """Per row the smallest scale of a log-ratio that its instrument can show."""
    with np.errstate(all="ignore"):
        center = np.array(
            [np.median(r[np.isfinite(r)]) if np.isfinite(r).any() else np.nan for r in table.base]
        )
        steps = np.array([metric.resolution for metric in table.metrics]) / np.abs(center)
    return np.asarray(np.maximum(np.nan_to_num(steps, nan=0.0, posinf=0.0), HISTOGRAM))


def comparisons(
    table: Samples,
    estimates: Estimates,
    threshold: float,
    policy: Policy,
    invalid: Mapping[str, Sequence[Reason]],
) -> list[Comparison]:
    """A comparison for every row of the table."""
    reach = estimates.reach(0.95)
    margin_reach = estimates.reach(0.90)
    with np.errstate(invalid="ignore"):
        critical = np.asarray(stdtrit(estimates.df, 1 - threshold / 2))
    detectable = (critical + ndtri(policy.power)) * estimates.error
    p = estimates.p
    found = []
    for row, metric in enumerate(table.metrics):
        base, head = summary(table.base[row]), summary(table.head[row])
        location = float(estimates.location[row])
        known = bool(np.isfinite(location))
        difference = head.center - base.center if base and head else None
        reasons = list(invalid.get(table.cases[row], ()))
        said = _verdict(
            metric,
            location,
            float(margin_reach[row]),
            difference,
            flagged=known and p[row] <= threshold,
            known=known,
        )
        if not known and reasons:
            said = Verdict.INVALID
        found.append(
            Comparison(
                case=table.cases[row],
                metric=metric,
                verdict=said,
                n=int(estimates.n[row]),
                base=base,
                head=head,
                change=_interval(location, float(reach[row])) if known else None,
                difference=difference,
                detectable=expm1(min(float(detectable[row]), 50.0)) if known else None,
                p=float(p[row]) if known else None,
                threshold=threshold,
                method="paired-t",
                warnings=[Warn(code="invalid-run", data={"reason": r.text}) for r in reasons],
            )
        )
    return found


def _interval(location: float, reach: float) -> Interval:
    return Interval(
        estimate=expm1(location), low=expm1(location - reach), high=expm1(min(location + reach, 50))
    )


def _verdict(
    metric: Metric,
    location: float,
    reach: float,
    difference: float | None,
    *,
    flagged: bool,
    known: bool,
) -> Verdict:
    if not known:
        return Verdict.INCONCLUSIVE
    small = metric.minimum > 0 and difference is not None and abs(difference) < metric.minimum
    if flagged and abs(expm1(location)) * 3 >= metric.margin and not small:
        if metric.direction is Direction.NONE:
            return Verdict.INCONCLUSIVE
        worse = (location > 0) == (metric.direction is Direction.LOWER)
        return Verdict.REGRESSION if worse else Verdict.IMPROVEMENT
    if expm1(abs(location) + reach) < metric.margin:
        return Verdict.UNCHANGED
    return Verdict.INCONCLUSIVE
