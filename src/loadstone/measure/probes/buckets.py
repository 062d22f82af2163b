"""Buckets of observations, and quantiles of them as Prometheus' `histogram_quantile` does. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class HistogramBucket:
    """A bucket: `count` observations above `lower` and up to `upper`.

    `geometric`: of a native histogram, in which observations are thought to be spread evenly over
    the logarithm, and not over the value.
    """

    lower: float
    upper: float
    count: float
    geometric: bool = False

    def at(self, share: float) -> float:
        """The value below which that share (0…1) of the bucket lies."""
        if self.geometric and self.lower * self.upper > 0:
            return self.lower * math.pow(self.upper / self.lower, share)
        return self.lower + (self.upper - self.lower) * share


@dataclass(frozen=True, kw_only=True)
class Quantile:
    """A quantile, and the width of the bucket that it lies in: no instrument knows it better."""

    value: float
    resolution: float


def of_cumulative(counts: Mapping[float, float]) -> list[HistogramBucket]:
    """The buckets of a classic histogram, from upper bound → observations up to it.

    None without a last bucket of all. A count below the one before it, as of pages that were
    written while it counted, is taken for that one, as Prometheus does.
    """
    bounds = sorted(counts)
    if len(bounds) < 2 or bounds[-1] != math.inf:
        return []
    buckets, below = [], 0.0
    lower = 0.0 if bounds[0] > 0 else -math.inf
    for upper in bounds:
        up_to = max(counts[upper], below)
        buckets.append(HistogramBucket(lower=lower, upper=upper, count=up_to - below))
        lower, below = upper, up_to
    return buckets


def quantile(buckets: Sequence[HistogramBucket], share: float) -> Quantile | None:
    """The quantile of rising buckets; None without observations, or outside of all finite bounds.

    Above the last one Prometheus gives that bound. It says nothing of how far above it the quantile
    is, and two sides would always seem equal.
    """
    total = sum(bucket.count for bucket in buckets)
    rank, below = share * total, 0.0
    for bucket in buckets if total > 0 else ():
        if bucket.count and below + bucket.count >= rank:
            if not math.isfinite(bucket.upper) or not math.isfinite(bucket.lower):
                return None
            value = bucket.at((rank - below) / bucket.count)
            return Quantile(value=value, resolution=bucket.upper - bucket.lower)
        below += bucket.count
    return None
