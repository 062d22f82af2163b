"""Rows whose values have no logarithm (slopes, balances): the same analysis of plain differences.

Differences head − base are divided by a unit of the row (its typical size), so that scales are
numbers like those of log-ratios; nothing is borrowed from other rows.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from loadstone.model import Metric
from loadstone.stats.location import Estimates, Scale, estimate
from loadstone.stats.prior import TYPICAL, raw_scales
from loadstone.stats.samples import Floats, Samples

_LOST = 1 / 3  # more pairs than this without a logarithm make a row one of differences


@dataclass(frozen=True, kw_only=True)
class Differences:
    """Rows of differences: which rows of the table, each one's unit, and the estimates in units."""

    rows: list[int]
    units: Floats
    estimates: Estimates


def differences(table: Samples) -> Differences | None:
    """Estimates for the rows that have too few log-ratios, or None when all have enough."""
    delta = table.head - table.base
    pairs = np.isfinite(delta).sum(axis=1)
    logs = np.isfinite(table.ratios).sum(axis=1)
    counted = np.array([metric.counted for metric in table.metrics], dtype=bool)
    rows = np.flatnonzero((pairs >= 2) & (pairs - logs > _LOST * pairs) & ~counted)
    if not rows.size:
        return None
    units = np.array([_unit(table, int(row)) for row in rows])
    scaled = delta[rows] / units[:, None]
    floor = np.full(rows.size, 1e-6)
    raw = raw_scales(scaled, floor)
    vague = Scale(
        center=raw.center,
        spread=np.full(rows.size, 1.0),
        floor=floor,
        nu=np.full(rows.size, TYPICAL),
    )
    return Differences(
        rows=[int(row) for row in rows], units=units, estimates=estimate(scaled, vague)
    )


def _unit(table: Samples, row: int) -> float:
    """The typical size of a row's values, or of its smallest change that matters."""
    metric: Metric = table.metrics[row]
    values = np.concatenate([table.base[row], table.head[row]])
    typical = float(np.median(np.abs(values[np.isfinite(values)])))
    largest = float(np.abs(values[np.isfinite(values)]).max())
    return max(typical, metric.minimum) or largest or 1.0
