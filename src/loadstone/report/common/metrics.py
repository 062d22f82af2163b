"""Metrics in words: what each is called, and from which change on it matters."""

from __future__ import annotations

from loadstone.model import Metric
from loadstone.report.common import units
from loadstone.report.common.plain import plain


def title(metric: Metric) -> str:
    """The metric as people call it."""
    return plain(metric.title) or plain(metric.name)


def margin(metric: Metric) -> str:
    """The change that is big enough to care about: `5 %`, `5 % and 1 ms`."""
    relative, size = units.percent(metric.margin), units.exact(metric.unit, metric.minimum)
    if not metric.minimum:
        return relative
    return f"{relative} and {size}" if metric.margin else size
