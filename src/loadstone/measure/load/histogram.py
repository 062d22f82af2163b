"""Histograms of microseconds, filled cheaply while measuring and encoded when it is over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from functools import lru_cache

from hdrh.histogram import HdrHistogram  # its functions carry no types

LOWEST = 1  # µs
HIGHEST = 60_000_000  # µs
DIGITS = 3  # significant ones: a value is known to 0.1 %
POINTS = {"p50": 50.0, "p90": 90.0, "p99": 99.0, "p999": 99.9}


class Counts:
    """Counts of durations: a dictionary, because adding to it costs 0.1 µs.

    An HDR histogram's own `record_value` costs ten times that, which at thousands a second is CPU
    that the component under test could have had.
    """

    def __init__(self) -> None:
        self.by_microsecond: defaultdict[int, int] = defaultdict(int)

    def add(self, seconds: float) -> None:
        self.by_microsecond[int(seconds * 1e6)] += 1

    def encode(self) -> str:
        return encode(self.by_microsecond)


def encode(counts: Mapping[int, int]) -> str:
    """Counts by microsecond as a base64 HDR histogram; what is out of range goes to its edge."""
    histogram = HdrHistogram(LOWEST, HIGHEST, DIGITS)
    for microseconds, count in counts.items():
        value = min(max(microseconds, LOWEST), HIGHEST)
        histogram.record_value(value, count)
    return str(histogram.encode(), "ascii")


@lru_cache(maxsize=32)
def summary(encoded: str) -> Mapping[str, float]:
    """p50, p90, p99, p999, mean and max of a base64 HDR histogram, in seconds; empty if it is.

    Kept for the histograms of the last runs: it takes tens of milliseconds, and several ask.
    """
    if not encoded:
        return {}
    histogram = HdrHistogram.decode(encoded)
    if histogram.get_total_count() == 0:
        return {}
    values = histogram.get_percentile_to_value_dict(list(POINTS.values()))
    found = {name: values[point] for name, point in POINTS.items()}
    found |= {"mean": histogram.get_mean_value(), "max": histogram.get_max_value()}
    return {name: value / 1e6 for name, value in found.items()}
