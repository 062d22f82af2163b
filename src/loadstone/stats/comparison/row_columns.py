"""Columns of a look: each row's numbers, from log-ratios, from differences or from counts.

Rows without logarithms and rows of counts start as the others do and get columns of their own.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from loadstone.model import Metric
from loadstone.stats.common.counts import CONDITIONAL, EXACT, MEASURED, Count, count_test
from loadstone.stats.common.samples import Floats, Samples, middle
from loadstone.stats.comparison.differences import differences
from loadstone.stats.comparison.rows import MeasuredRows

DIFFERENCE = "difference"


def log_ratio_columns(table: Samples, rows: MeasuredRows) -> dict[str, Floats]:
    """The columns that counted rows and rows of differences replace."""
    each = rows.estimates
    margin, least = _relevant(table, rows.metrics)
    return {
        "n": each.n,
        "location": each.location,
        "error": each.error,
        "low": each.quantile(0.025),
        "high": each.quantile(0.975),
        "low90": each.quantile(0.05),
        "high90": each.quantile(0.95),
        "p": each.p,
        "unit": np.ones(len(rows.metrics)),
        "margin": margin,
        "least": least,
    }


def _relevant(table: Samples, named: Sequence[Metric]) -> tuple[Floats, Floats]:
    """Per row, as log-ratios: the smallest change that matters, the smallest that is flagged.

    A change matters beyond the relative margin *and* the absolute minimum; an estimate is flagged
    from a third of the margin on, and from the whole minimum. What all cases share matters if it
    does in the largest of them, or a suite row would flag what no case may.
    """
    margin = np.log1p([metric.margin for metric in named])
    minimum = np.array([metric.minimum for metric in named])
    size = np.zeros(len(named))
    values = np.abs(np.concatenate([table.base, table.head], axis=1))
    size[: len(table.cases)] = np.nan_to_num(middle(values))
    largest: dict[str, float] = {}
    for row, metric in enumerate(named[: len(table.cases)]):
        largest[metric.name] = max(largest.get(metric.name, 0.0), size[row])
    for row in range(len(table.cases), len(named)):
        size[row] = largest[named[row].name]
    absolute = np.where(size > 0, 2 * np.arcsinh(minimum / (2 * size)), 0.0)
    return np.maximum(margin, absolute), np.maximum(margin / 3, absolute)


def use_differences(table: Samples, found: dict[str, Floats], method: list[str]) -> None:
    """Replace the numbers of rows without logarithms by those of their differences."""
    size = len(table.cases)
    signed = differences(table, found["low"][:size], found["high"][:size])
    if signed is None:
        return
    for place, row in enumerate(signed.rows):
        method[row] = DIFFERENCE
        found["unit"][row] = unit = signed.units[place]
        metric = table.metrics[row]
        base = table.base[row][np.isfinite(table.base[row])]
        relative = metric.margin * abs(float(np.median(base))) if base.size else 0.0
        found["margin"][row] = max(relative, metric.minimum) / unit
        found["least"][row] = max(relative / 3, metric.minimum) / unit
    each = signed.estimates
    values = {"n": each.n, "location": each.location, "error": each.error, "p": each.p}
    values |= {"low": each.quantile(0.025), "high": each.quantile(0.975)}
    values |= {"low90": each.quantile(0.05), "high90": each.quantile(0.95)}
    for name, column in values.items():
        found[name][signed.rows] = column
    found["low90"][signed.dropped], found["high90"][signed.dropped] = -np.inf, np.inf
    _nothing_happened(table, found, signed.rows)


def _nothing_happened(table: Samples, found: dict[str, Floats], rows: Sequence[int]) -> None:
    """Rows that are zero in every run did not change, as little as counts that stay the same."""
    for row in rows:
        if not (np.nan_to_num(table.base[row]).any() or np.nan_to_num(table.head[row]).any()):
            for name in ("location", "error", "low", "high", "low90", "high90"):
                found[name][row] = 0.0
            found["p"][row] = 1.0


def use_counts(table: Samples, found: dict[str, Floats], method: list[str]) -> dict[int, float]:
    """Replace the numbers of counted rows; φ by row."""
    dispersion: dict[int, float] = {}
    paired = np.isfinite(table.ratios).sum(axis=1)
    for row, metric in enumerate(table.metrics):
        count = count_test(table.base[row], table.head[row]) if metric.counted else None
        if count is None:
            continue
        dispersion[row] = count.dispersion
        if count.method == EXACT:
            found["least"][row] = _absolute(table, row)
        logs = paired[row] == count.n
        if count.method == CONDITIONAL and logs and np.isfinite(found["p"][row]):
            method[row] = MEASURED + "+" + CONDITIONAL
            found["p"][row] = max(found["p"][row], count.p)
            continue
        method[row] = count.method
        _set(found, row, count)
    return dispersion


def _absolute(table: Samples, row: int) -> float:
    """A certain change needs no margin against noise: only its minimum, in whole events."""
    base, head = np.nanmedian(table.base[row]), np.nanmedian(table.head[row])
    return 0.0 if abs(head - base) >= table.metrics[row].minimum else np.inf


def _set(found: dict[str, Floats], row: int, count: Count) -> None:
    for name in ("n", "location", "error", "low", "high", "low90", "high90", "p"):
        found[name][row] = getattr(count, name)
