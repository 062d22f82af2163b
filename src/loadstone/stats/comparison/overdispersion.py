"""Overdispersion φ of a report: an empirical null for rows that scatter more than they say.

Errors come from how the rounds of a row differ. What its rounds have in common does not show there:
a placement that lasts, a machine that drifts from one side to the other. It shows in the rows
together: those that did not change should have z that scatter by 1, and if they scatter by more, so
do all errors (an empirical null: Efron 2004). Changes must not look like that:

- what all cases share is a change of a metric, or a question for its suite row, and is taken out;
- each case is either changed or not, and nobody knows how many are (`CHANGED`). If it is not, its z
  are normal with the standard deviation φ; if it is, half of them have a change on top.

φ is the mean of its posterior; beforehand ln φ is exponential. The rows of a case repeat one
another, and their evidence counts by how much they do.
"""

from __future__ import annotations

import numpy as np
from scipy.special import logsumexp, ndtri

from loadstone.stats.common.prior import Places, RowIndex
from loadstone.stats.common.samples import Floats

# Choices; "deployed once" is what they are for, and "found +10 %" what they may not cost.
BELIEF = 0.06  # mean of ln φ beforehand
CHANGED = {0.1: 0.4, 0.3: 0.2, 0.6: 0.2, 0.9: 0.2}  # share of changed cases, and how likely it is
CHANGE = 3.0  # sd of the z of a changed row
_FEWEST = 3  # cases that can tell what they share
_GRID = np.linspace(0.0, 0.15, 31)  # ln φ; more would hide a change of many cases by as much


def overdispersion(p: Floats, location: Floats, rows: RowIndex, tests: Floats) -> float:
    """Posterior mean of φ ≥ 1 of rows with these two-sided p-values; NaN are no rows.

    `location`: which way each went. `tests`: of how many independent tests each row is worth one
    (see `pair_weights`).
    """
    known = np.flatnonzero(np.isfinite(p))
    z = -ndtri(np.clip(p[known], 1e-15, 1.0) / 2) * np.sign(location[known])
    z2 = _apart(z, rows.metrics[known])[:, None] ** 2
    same = _normal(z2, np.exp(2 * _GRID))
    other = np.logaddexp(same, _normal(z2, np.exp(2 * _GRID) + CHANGE**2)) - np.log(2)
    weight = tests[known, None] ** 2
    size = int(rows.cases.max(initial=0)) + 1
    both = [np.zeros((size, _GRID.size)) for _ in range(2)]
    for found, logs in zip(both, (same, other), strict=True):
        np.add.at(found, rows.cases[known], weight * logs)
    told = [
        np.log(chance) + np.logaddexp(np.log1p(-one) + both[0], np.log(one) + both[1]).sum(axis=0)
        for one, chance in CHANGED.items()
    ]
    logs = logsumexp(told, axis=0) - _GRID / BELIEF
    return float(np.exp(logs - logsumexp(logs)) @ np.exp(_GRID))


def _apart(z: Floats, metrics: Places) -> Floats:
    """z without what the rows of a metric share: their median, where there are a few cases."""
    order = np.lexsort((z, metrics))
    _, start, count = np.unique(metrics[order], return_index=True, return_counts=True)
    low, high = z[order][start + (count - 1) // 2], z[order][start + count // 2]
    enough = count >= _FEWEST
    shared = np.where(enough, (low + high) / 2, 0.0)
    lost = np.where(enough, np.sqrt(count / np.maximum(count - 1, 1)), 1.0)
    number = np.searchsorted(metrics[order][start], metrics)
    return np.asarray((z - shared[number]) * lost[number])


def _normal(squared: Floats, variance: Floats) -> Floats:
    """Log densities, up to a constant."""
    return np.asarray(-squared / (2 * variance) - np.log(variance) / 2)
