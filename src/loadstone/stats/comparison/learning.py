"""Learning of the noise model: scales, calibration and bias from earlier unchanged reports."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtri

from loadstone.model import CasePlan, Measurement, Verdict
from loadstone.stats.common import prior
from loadstone.stats.common.estimates import Estimates
from loadstone.stats.common.samples import Floats, Samples, collect, floors, places
from loadstone.stats.comparison.bias import biases
from loadstone.stats.comparison.history import ALARM, History, Noise
from loadstone.stats.comparison.shrinkage import moderate

ALIKE = 0.04  # variance of a row's log scale between reports that is taken for granted
# Choices; "history of 4" and "history of 20" show what they do.
_TRUST = 100.0  # rows' worth of belief that the procedure is calibrated already
_KAPPA = (0.9, 4.0)  # how far a calibration may go
_WILD = 16.0  # a row's z² counts at most so much for the calibration
_FAR = 64.0  # and a squared estimate so many times what was expected, for the bias
_DOUBT = 10.0  # sharp rows' worth of belief in the usual bias
_BIAS = (0.5, 0.05)  # of the usual at least, as A/A comparisons do not show what a layout does


@dataclass(frozen=True, kw_only=True)
class PastComparison:
    """Earlier comparison: material for the noise model, if nothing was found in it."""

    measured: Sequence[Measurement]
    verdict: Verdict
    pull_request: bool = False


def learn(past: Iterable[PastComparison], plans: Sequence[CasePlan]) -> History:
    """Learn the noise model from earlier comparisons without findings, and not of pull requests.

    A flagged comparison had something besides noise in it, and a pull request's numbers come from
    code that nobody has reviewed: neither may teach what is normal.
    """
    return model(
        collect(each.measured, plans)
        for each in past
        if not each.pull_request
        and each.verdict not in (Verdict.REGRESSION, Verdict.IMPROVEMENT, Verdict.INVALID)
    )


def model(tables: Iterable[Samples]) -> History:
    """Estimate the noise model from samples of unchanged reports, all of the same plans."""
    known = [table for table in tables if len(table.rounds) >= 2]
    if not known:
        return History()
    first = _rows(known)
    judged = [_judged(table, first) for table in known]
    first = replace(first, bias=_bias(known[0], judged))
    evidence = [_judged(table, first).p for table in known]
    rounds = [np.isfinite(table.ratios).sum(axis=1) for table in known]
    return replace(
        first,
        rows=_alarms(first, known, evidence),
        kappa=_kappa(known[0], evidence),
        rounds=float(
            np.mean([each[each >= 2].mean() for each in rounds if (each >= 2).any()] or 0)
        ),
    )


def _rows(tables: Sequence[Samples]) -> History:
    """Scales alone: each row's precision-weighted mean log scale over the reports."""
    weight = total = np.zeros(len(tables[0].cases))
    reports = np.zeros(len(weight), dtype=int)
    for table in tables:
        raw = prior.raw_scales(table.ratios, floors(table))
        each = np.where(np.isfinite(raw.variance), 1 / (raw.variance + ALIKE), 0.0)
        weight, total = weight + each, total + each * np.where(each > 0, raw.center, 0.0)
        reports = reports + (each > 0)
    rows: dict[str, dict[str, Noise]] = {}
    for row in np.flatnonzero(weight > 0).tolist():
        rows.setdefault(tables[0].cases[row], {})[tables[0].metrics[row].name] = Noise(
            center=float(total[row] / weight[row]),
            weight=float(weight[row]),
            reports=int(reports[row]),
        )
    return History(rows=rows, reports=len(tables))


def _judged(table: Samples, history: History) -> Estimates:
    """The estimates of all rows by this very history, without its calibration."""
    rows = prior.row_index(table)
    bias = biases(table, history.bias) if history.bias else None
    expected = history.expected(table)
    return moderate(table.ratios, floors(table), rows, expected, bias=bias).estimates


def _bias(table: Samples, judged: Sequence[Estimates]) -> dict[str, float]:
    """Variance component of the bias per metric: what estimates have beyond their errors.

    By the method of moments, as a root mean square. Sharp rows count most, and without any it is
    the usual one.
    """
    usual = biases(table)
    number = places([metric.name for metric in table.metrics])
    total = np.bincount(number, usual**2 * _DOUBT) / np.bincount(number)
    least = _BIAS[0] ** 2 * total / _DOUBT
    size = np.full(len(total), _DOUBT)
    for each in judged:
        error2 = each.error**2
        known = np.isfinite(error2) & np.isfinite(each.location)
        beyond = np.minimum(each.location**2, _FAR * (error2 + usual**2)) - error2
        weight = np.where(known, (usual**2 / (usual**2 + error2)) ** 2, 0.0)
        total = total + np.bincount(number, weight * np.where(known, beyond, 0.0))
        size = size + np.bincount(number, weight)
    found = np.sqrt(np.clip(total / size, least, _BIAS[1] ** 2))
    names = dict.fromkeys(metric.name for metric in table.metrics)
    return {name: float(value) for name, value in zip(names, found, strict=True)}


def _alarms(
    first: History, tables: Sequence[Samples], evidence: Sequence[Floats]
) -> dict[str, dict[str, Noise]]:
    """The rows with their alarms counted."""
    with np.errstate(invalid="ignore"):
        alarms = np.sum([p < ALARM for p in evidence], axis=0)
    place = {
        (case, metric.name): row
        for row, (case, metric) in enumerate(zip(tables[0].cases, tables[0].metrics, strict=True))
    }
    return {
        case: {
            metric: replace(noise, alarms=int(alarms[place[case, metric]]))
            for metric, noise in metrics.items()
        }
        for case, metrics in first.rows.items()
    }


def _kappa(table: Samples, evidence: Sequence[Floats]) -> dict[str, float]:
    """Root mean square of the z that the p-values stand for, per metric.

    Shrunk towards that of all metrics, and that towards 1.
    """
    number = places([metric.name for metric in table.metrics])
    z2 = np.minimum(ndtri(np.clip(np.array(evidence), 1e-12, 1) / 2) ** 2, _WILD)
    known = np.isfinite(z2)
    total = np.bincount(number, np.where(known, z2, 0.0).sum(axis=0))
    size = np.bincount(number, known.sum(axis=0))
    usual = (_TRUST + total.sum()) / (_TRUST + size.sum())
    kappa = np.clip(((_TRUST * usual + total) / (_TRUST + size)) ** 0.5, *_KAPPA)
    names = dict.fromkeys(metric.name for metric in table.metrics)
    return {name: float(value) for name, value in zip(names, kappa, strict=True)}
