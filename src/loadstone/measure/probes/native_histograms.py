"""Native histograms: buckets whose bounds are powers of a base, brought to one scale. Pure.

A bucket `i` of schema `s` holds what is above base ** (i - 1) and up to base ** i, where the base
is 2 ** (2 ** -s). A client that has too many of them lowers the schema, and may widen the bucket
around zero, so histograms of one series are compared in the coarsest form of any of them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Literal

from prometheus_client.samples import NativeHistogram

from loadstone.measure.probes.buckets import HistogramBucket

SCHEMAS = range(-4, 9)
MOST_BUCKETS = 10_000  # of one histogram; clients keep to some 160
Place = tuple[Literal["negative", "zero", "positive"], int]
"""Which bucket: beside zero on which side, and its index."""


class BucketScale:
    """The scale that several histograms have in common."""

    def __init__(self, histograms: Iterable[NativeHistogram]) -> None:
        known = [each for each in histograms if each.schema in SCHEMAS]
        self.schema = min((each.schema for each in known), default=0)
        self.zero = max((each.zero_threshold for each in known), default=0.0)

    def counts(self, histogram: NativeHistogram) -> dict[Place, float]:
        """Observations by bucket. One that is in no schema of powers, or too large, has none."""
        if histogram.schema not in SCHEMAS:
            return {}
        found: dict[Place, float] = {("zero", 0): histogram.zero_count}
        sides: Mapping[Literal["negative", "positive"], Iterator[tuple[int, float]]] = {
            "positive": _buckets(histogram.pos_spans, histogram.pos_deltas),
            "negative": _buckets(histogram.neg_spans, histogram.neg_deltas),
        }
        for side, buckets in sides.items():
            for index, count in buckets:
                place = self._place(side, index, histogram.schema)
                found[place] = found.get(place, 0.0) + count
                if len(found) > MOST_BUCKETS:
                    return {}
        return found

    def buckets(self, counts: Mapping[Place, float]) -> list[HistogramBucket]:
        """The buckets in rising order."""
        negative = any(side == "negative" and count for (side, _), count in counts.items())
        return sorted(
            (self._bucket(place, count, negative) for place, count in counts.items()),
            key=lambda bucket: bucket.upper,
        )

    def _place(self, side: Literal["negative", "positive"], index: int, schema: int) -> Place:
        coarser = ((index - 1) >> (schema - self.schema)) + 1
        return ("zero", 0) if self._bound(coarser) <= self.zero else (side, coarser)

    def _bucket(self, place: Place, count: float, negative: bool) -> HistogramBucket:
        side, index = place
        if side == "zero":
            return HistogramBucket(
                lower=-self.zero if negative else 0.0, upper=self.zero, count=count
            )
        near, far = self._bound(index - 1), self._bound(index)
        lower, upper = (near, far) if side == "positive" else (-far, -near)
        return HistogramBucket(lower=lower, upper=upper, count=count, geometric=True)

    def _bound(self, index: int) -> float:
        try:
            return math.pow(2.0, index * math.pow(2.0, -self.schema))
        except OverflowError:
            return math.inf


def _buckets(
    spans: Iterable[tuple[int, int]] | None, deltas: Iterable[int | float] | None
) -> Iterator[tuple[int, float]]:
    """Index and count of each bucket; as many as there are deltas, whatever spans say."""
    counts = iter(deltas or ())
    index, count = 0, 0.0
    for offset, length in spans or ():
        index += offset
        for _ in range(min(length, MOST_BUCKETS)):
            delta = next(counts, None)
            if delta is None:
                return
            count += delta
            yield index, count
            index += 1
