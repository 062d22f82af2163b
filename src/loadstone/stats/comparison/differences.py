"""Paired differences, for rows whose values have no logarithm (slopes, balances, dropouts).

Differences head − base are divided by a unit of the row (its typical size), so that scales are
numbers like those of log-ratios; nothing is borrowed from other rows.

A throughput of 0 beside one of 100 has no log-ratio, and is no noise either: what a robust estimate
would take for a wild round is the finding. Where a pair without a logarithm differs by more than
what matters, the row is one of differences that takes every pair as it is, and such a row may show
a change and never that there is none. Only where the other pairs surely go the same way are they
enough, and the pair is left out.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loadstone.model import Metric
from loadstone.stats.common.estimates import Estimates, ScalePrior
from loadstone.stats.common.location import estimate
from loadstone.stats.common.prior import TYPICAL, raw_scales
from loadstone.stats.common.samples import Floats, Samples
from loadstone.stats.comparison.suite import NORMAL

_LOST = 1 / 3  # a larger share of pairs without a logarithm makes differences of a row: a choice


@dataclass(frozen=True, kw_only=True)
class Differences:
    """Estimates of rows of differences."""

    rows: list[int]  # of the table
    dropped: list[int]  # of the table, in which a side fell to nothing in some pair
    units: Floats  # of `rows`
    estimates: Estimates  # of `rows`, in units


def differences(table: Samples, low: Floats, high: Floats) -> Differences | None:
    """Estimates for the rows that have too few log-ratios, or None when all have enough.

    `low`, `high`: what the log-ratios say, row by row.
    """
    delta = table.head - table.base
    known, ratios = np.isfinite(delta), np.isfinite(table.ratios)
    if bool(np.all(known == ratios)):
        return None
    pairs, logs = known.sum(axis=1), ratios.sum(axis=1)
    few = pairs - logs > _LOST * pairs
    apart = known & ~ratios & (np.abs(delta) > _matters(table)[:, None])
    dropped = apart & ((table.base == 0) | (table.head == 0))
    counted = _counts(table)
    all_count = np.where(few, dropped.any(axis=1), apart.any(axis=1)) & ~counted
    up, down = np.where(apart, delta, 1.0) > 0, np.where(apart, delta, -1.0) < 0
    alike = (up.all(axis=1) & (low > 0)) | (down.all(axis=1) & (high < 0))
    rows = np.flatnonzero((pairs >= 2) & (few | (all_count & ~alike)) & ~counted)
    units = np.array([_unit(table, int(row)) for row in rows])
    scaled = delta[rows] / units[:, None]
    floor = np.full(rows.size, 1e-6)
    raw = raw_scales(scaled, floor)
    vague = ScalePrior(
        center=raw.center,
        spread=np.full(rows.size, 1.0),
        floor=floor,
        nu=np.where(all_count[rows], NORMAL, TYPICAL),
    )
    return Differences(
        rows=[int(row) for row in rows],
        dropped=[int(row) for row in np.flatnonzero(all_count)],
        units=units,
        estimates=estimate(scaled, vague),
    )


def _matters(table: Samples) -> Floats:
    """Per row the smallest difference that matters, in the metric's unit."""
    usual = [
        float(np.median(row[np.isfinite(row)])) if np.isfinite(row).any() else 0.0
        for row in table.base
    ]
    margins = [metric.margin * abs(base) for metric, base in zip(table.metrics, usual, strict=True)]
    return np.maximum(margins, [metric.minimum for metric in table.metrics])


def _counts(table: Samples) -> NDArray[np.bool_]:
    """Rows that are judged as counts."""
    both = np.concatenate([table.base, table.head], axis=1)
    whole = np.where(np.isfinite(both), (both >= 0) & (both == np.floor(both)), True).all(axis=1)
    return np.array([metric.counted for metric in table.metrics], dtype=bool) & whole


def _unit(table: Samples, row: int) -> float:
    """The typical size of a row's values, or of its smallest change that matters."""
    metric: Metric = table.metrics[row]
    values = np.concatenate([table.base[row], table.head[row]])
    typical = float(np.median(np.abs(values[np.isfinite(values)])))
    largest = float(np.abs(values[np.isfinite(values)]).max())
    return max(typical, metric.minimum) or largest or 1.0
