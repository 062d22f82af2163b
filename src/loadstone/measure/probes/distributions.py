"""Growth of histograms and summaries over a window: what was observed in it. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadstone.measure.probes.buckets import HistogramBucket, Quantile, of_cumulative, quantile
from loadstone.measure.probes.counting import growth, growth_by
from loadstone.measure.probes.metrics_page import Labels, PageDistribution
from loadstone.measure.probes.native_histograms import BucketScale, Place

SHARES: Mapping[str, float] = {"p50": 0.5, "p90": 0.9, "p99": 0.99}


@dataclass(frozen=True, kw_only=True)
class WindowDistribution:
    """The observations between the first and the last page. A summary has no buckets."""

    count: float
    sum: float | None
    buckets: Sequence[HistogramBucket] = ()
    resets: int = 0

    def quantiles(self) -> dict[str, Quantile | None]:
        """By name; None of one that lies above the last finite bound. A summary has none."""
        if not self.buckets or not self.count:
            return {}
        return {name: quantile(self.buckets, share) for name, share in SHARES.items()}


def observed(history: Sequence[tuple[float, PageDistribution]]) -> WindowDistribution | None:
    """The observations over `history`: [s, histogram or summary] of each page, in order.

    None where no page has a count.
    """
    counts = growth([(at, page.counts) for at, page in history])
    if counts.total is None:
        return None
    return WindowDistribution(
        count=counts.total,
        sum=growth([(at, page.sums) for at, page in history]).total,
        buckets=_native(history) or _classic(history),
        resets=counts.resets,
    )


def _classic(history: Sequence[tuple[float, PageDistribution]]) -> list[HistogramBucket]:
    return of_cumulative(growth_by([(at, page.buckets) for at, page in history], _bound))


def _bound(labels: Labels) -> float:
    """The bound of a bucket; of one that has none, or none that is a number, that of them all."""
    for name, value in labels:
        if name == "le":
            try:
                found = float(value)
            except ValueError:
                return math.inf
            return math.inf if math.isnan(found) else found
    return math.inf


def _native(history: Sequence[tuple[float, PageDistribution]]) -> list[HistogramBucket]:
    scale = BucketScale(each for _, page in history for each in page.native.values())
    counted: list[tuple[float, dict[tuple[Labels, Place], float]]] = [
        (
            at,
            {
                (labels, place): count
                for labels, histogram in page.native.items()
                for place, count in scale.counts(histogram).items()
            },
        )
        for at, page in history
    ]
    return scale.buckets(growth_by(counted, lambda series: series[1]))
