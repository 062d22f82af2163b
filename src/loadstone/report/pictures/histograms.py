"""Latency histograms of a record, read for drawing. They may be damaged, or made to do damage."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import log10

from hdrh.codec import (
    HdrCookieException,
    HdrHistogramEncoder,
    HdrHistogramSettingsException,
    HdrLengthException,
)
from hdrh.histogram import HdrHistogram

from loadstone.model import Run, Side
from loadstone.model.reasons import holds

_MOST_TEXT = 100_000  # characters; ours have some thousands
_MOST_VALUE = 2**40  # µs, twelve days
_MOST_DIGITS = 3
_BEYOND = 5  # requests that must lie beyond a percentile for it to be drawn
_STEPS = 24  # points per factor of ten in 1 − p
_BROKEN = (
    HdrCookieException,
    HdrHistogramSettingsException,
    HdrLengthException,
    zlib.error,
    ValueError,
    TypeError,
    IndexError,
    AssertionError,
)


@dataclass(frozen=True, kw_only=True)
class Curve:
    """Latency by percentile: `nines` is log10(1 / (1 − p)), `seconds` the latency there."""

    nines: Sequence[float]
    seconds: Sequence[float]
    count: int


def decode(encoded: str) -> HdrHistogram | None:
    """The histogram in base64, or None for anything that is not one of reasonable size."""
    if len(encoded) > _MOST_TEXT:
        return None
    try:
        head = HdrHistogramEncoder.decode(encoded).payload
        small = head.highest_trackable_value <= _MOST_VALUE
        if not small or not 1 <= head.significant_figures <= _MOST_DIGITS:
            return None
        histogram: HdrHistogram = HdrHistogram.decode(encoded)
    except _BROKEN:
        return None
    return histogram


def of_runs(runs: Iterable[Run], case: str, name: str, side: Side) -> list[HdrHistogram]:
    """The readable histograms of one case and side, of the runs where they count."""
    texts = [
        run.histograms[name]
        for run in runs
        if run.case == case and run.side is side and name in run.histograms and holds(run, name)
    ]
    return [histogram for histogram in map(decode, texts) if histogram is not None]


def merged(histograms: Sequence[HdrHistogram]) -> HdrHistogram:
    """All of them as one; each request counts the same."""
    total = HdrHistogram(1, _MOST_VALUE, _MOST_DIGITS)
    for histogram in histograms:
        total.add(histogram)
    return total


def curve(histogram: HdrHistogram) -> Curve:
    """The latencies from the median's side of the distribution up to its last few requests."""
    count = int(histogram.get_total_count())
    last = log10(count / _BEYOND) if count > _BEYOND else 0.0
    nines = [step / _STEPS for step in range(int(last * _STEPS) + 1)]
    asked = [100 * (1 - 10**-nine) for nine in nines]
    found = histogram.get_percentile_to_value_dict(asked)
    points = [(nine, found[p] / 1e6) for nine, p in zip(nines, asked, strict=True) if p in found]
    return Curve(
        nines=[nine for nine, _ in points], seconds=[value for _, value in points], count=count
    )
