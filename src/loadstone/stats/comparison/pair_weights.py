"""Pair weights: the width of a pair's noise, predicted from the other metrics of its two runs.

What disturbs a run (a slow start, a neighbour, a pause) shows in many of its metrics at once. If
the metrics of a pair of runs share the width of their noise, as in a multivariate Student-t with
correlations R, then given the standardised residuals z of k other metrics, a metric's own log-ratio
is again Student-t: with ν + q degrees of freedom, and with its square scaled by its *trust*

    (ν + q) / (ν + q·m),    m = z'R⁻¹z / k

where q = k (Kotz and Nadarajah 2004). Here q is learnt from the report, as disturbances may be
shared only in part: of a few values, each counts by how much better it predicts what remains of
every residual after regression on the others than the same ν + q does without m. Where disturbances
are not shared, q is near 0 and every pair counts alike. No metric helps to decide how far its own
pair is trusted, so a change in it cannot hide as a disturbance.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loadstone.stats.common.estimates import ScalePrior
from loadstone.stats.common.location import mode
from loadstone.stats.common.prior import RowIndex, extent
from loadstone.stats.common.samples import Floats

Flags = NDArray[np.bool_]
# Choices; the metrics of "cold" are closely related, those of "calm" half as much.
COMPANY = np.array([0.0, 0.5, 1.0, 2.0, 3.0, 5.0])  # the values of q that are weighed
_REPEATED = 2.0  # the metrics of a run tell much the same story so many times
_FEWEST = 3  # two pairs lie symmetrically about their middle and show no disturbance
_WILDEST = 20.0  # a standardised residual counts at most so much
_QUARTILE = 0.741  # median |t| of t₄
_NONE = 1e-9
_SMALLEST = 0.05  # eigenvalue of a correlation matrix
_ROUNDS = 3  # of the iteration to the correlations
_UNRELATED = 3.0  # pairs' worth of belief that metrics are not correlated
_COMPANIONS = 60  # metrics beyond so many are looked at in parts: a matrix of thousands has no end


@dataclass(frozen=True, kw_only=True)
class Trust:
    """Conditional distribution of each pair's noise, given the other metrics of its runs."""

    pairs: Floats  # rows × rounds: trust, 0 where there is no pair
    nu: Floats  # per row: degrees of freedom given the others
    tests: Floats  # per row: of how many independent tests it is worth one, at most 1


def trust(ratios: Floats, scale: ScalePrior, rows: RowIndex) -> Trust:
    """Trust of every pair of `ratios`; 1 throughout where there are no other metrics."""
    known = np.isfinite(ratios)
    # A row that never moves tells nothing, and neither do two pairs about their middle.
    noisy = (extent(ratios) > 2 * scale.floor) & (known.sum(axis=1) >= _FEWEST)
    residuals = np.where(known & noisy[:, None], _residuals(ratios, scale), 0.0)
    own, mean, others, tests = _in_parts(residuals, known & noisy[:, None], rows)
    told = known & noisy[:, None] & (others > 0)
    nu = scale.nu[:, None]
    company = 0.0
    if told.any():
        # Scales are estimates: what is learnt from is how disturbances go together, not how large.
        mean = mean / max(float(np.median(mean[told])), _NONE)
        own = own * (_QUARTILE / max(float(np.median(np.abs(own[told]))), _NONE))
        company = _company(own**2, mean, nu, told)
    pairs = np.where(told, (nu + company) / (nu + company * mean), 1.0)
    return Trust(
        pairs=np.where(known, pairs, 0.0),
        nu=scale.nu + np.where(told.any(axis=1), company, 0.0),
        tests=tests,
    )


def _residuals(ratios: Floats, scale: ScalePrior) -> Floats:
    """Rows × rounds of standardised residuals."""
    known = np.isfinite(ratios)
    n = known.sum(axis=1)
    location, size, _ = mode(ratios, scale.center, scale.spread**-2.0, scale.floor, scale.nu)
    away = np.where(known, ratios, 0.0) - location[:, None]
    # Residuals are smaller than errors by what was fitted.
    fitted = np.sqrt(n / np.maximum(n - 1, 1))
    return np.asarray(np.clip(away / size[:, None] * fitted[:, None], -_WILDEST, _WILDEST))


def _in_parts(
    residuals: Floats, known: Flags, rows: RowIndex
) -> tuple[Floats, Floats, NDArray[np.int64], Floats]:
    """As `_given_others`, with no more than `_COMPANIONS` metrics beside one another."""
    count = int(rows.metrics.max(initial=0)) + 1
    parts = -(-count // _COMPANIONS)
    if parts == 1:
        return _given_others(residuals, known, rows)
    own, mean = residuals.copy(), np.ones(residuals.shape)
    others, tests = np.zeros(residuals.shape, dtype=np.int64), np.ones(len(residuals))
    for part in range(parts):
        inside = np.flatnonzero(rows.metrics % parts == part)
        mine = RowIndex(cases=rows.cases[inside], metrics=rows.metrics[inside] // parts)
        told = _given_others(residuals[inside], known[inside], mine)
        own[inside], mean[inside], others[inside], tests[inside] = told
    return own, mean, others, tests


def _given_others(
    residuals: Floats, known: Flags, rows: RowIndex
) -> tuple[Floats, Floats, NDArray[np.int64], Floats]:
    """Rows × rounds: the residual less what the others of its case explain, in standard deviations
    of that; m of the others; how many others there are; and per row its share of a test."""
    own, mean = residuals.copy(), np.ones(residuals.shape)
    others, tests = np.zeros(residuals.shape, dtype=np.int64), np.ones(len(residuals))
    related = _correlations(residuals, known, rows)
    for case in np.unique(rows.cases):
        inside = np.flatnonzero((rows.cases == case) & known.any(axis=1))
        if inside.size < 2:
            continue
        kept = rows.metrics[inside]
        tests[inside] = _alone(related[np.ix_(kept, kept)])
        inverse = np.linalg.inv(related[np.ix_(kept, kept)])
        diagonal = np.diag(inverse)[:, None]
        z = residuals[inside]
        pulled = inverse @ z
        own[inside] = pulled / np.sqrt(diagonal)
        count = known[inside].sum(axis=0) - known[inside]
        others[inside] = count
        mean[inside] = ((z * pulled).sum(axis=0) - own[inside] ** 2) / np.maximum(count, 1)
    return own, mean, others, tests


def _alone(related: Floats) -> float:
    """Effective number of independent tests that each of these metrics is worth.

    `(Σ√λ)² / Σλ` of the eigenvalues, for as many metrics (Galwey 2009): 1 where nothing is related,
    1/M where M metrics are one.
    """
    values = np.maximum(np.linalg.eigvalsh(related), 0.0)
    return float(np.sqrt(values).sum() ** 2 / values.sum() / len(values))


def _correlations(residuals: Floats, known: Flags, rows: RowIndex) -> Floats:
    """Correlation matrix of the metrics' residuals over the pairs of all cases, shrunk towards 0.

    Wild pairs must not decide: each counts by the inverse of its own width, as the correlations so
    far see it (the iteration for a multivariate Student-t: Kent, Tyler and Vardi 1994).
    """
    size = int(rows.metrics.max(initial=0)) + 1
    cases = int(rows.cases.max(initial=0)) + 1
    cube = np.zeros((cases, residuals.shape[1], size))
    there = np.zeros(cube.shape)
    cube[rows.cases, :, rows.metrics] = residuals
    there[rows.cases, :, rows.metrics] = known
    flat, seen = cube.reshape(-1, size), there.reshape(-1, size)
    pairs = seen.T @ seen
    count = np.maximum(seen.sum(axis=1), 1)
    found = np.eye(size)
    for _ in range(_ROUNDS):
        width = np.einsum("ij,jk,ik->i", flat, np.linalg.inv(found), flat) / count
        tame = flat / np.sqrt(1 + width)[:, None]
        power = np.maximum((tame**2).T @ seen, 1e-12)  # where the other was measured too
        found = (tame.T @ tame) / np.sqrt(power * power.T) * pairs / (pairs + _UNRELATED)
        found = _proper(found)
    return found


def _proper(found: Floats) -> Floats:
    """The nearest thing to these correlations that some noise can have: pairs may be missing."""
    np.fill_diagonal(found, 1.0)
    values, vectors = np.linalg.eigh((found + found.T) / 2)
    whole = (vectors * np.maximum(values, _SMALLEST)) @ vectors.T
    size = np.sqrt(np.diag(whole))
    return np.asarray(whole / np.outer(size, size))


def _company(squared: Floats, mean: Floats, nu: Floats, told: Flags) -> float:
    """q: the mean of `COMPANY`, weighed by how much m helps each to predict the residuals."""
    gains = [_gain(squared, mean, nu, company)[told].sum() for company in COMPANY]
    logs = np.array(gains) / _REPEATED
    weight = np.exp(logs - logs.max())
    return float(weight @ COMPANY / weight.sum())


def _gain(squared: Floats, mean: Floats, nu: Floats, company: float) -> Floats:
    """Log density of each residual given the others, less that of the same ν + q without them."""
    freedom = nu + company
    ratio = freedom / (nu + company * mean)
    spread = np.log1p(squared * ratio / freedom) - np.log1p(squared / freedom)
    return np.asarray(np.log(ratio) / 2 - (freedom + 1) / 2 * spread)
