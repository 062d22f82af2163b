"""Metrics pages as they are read, whatever their format: the series that were asked for. Pure."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client.samples import NativeHistogram, Sample

from loadstone.measure.probes.selector import Selector, SeriesPart, alias_of, by_sample_name

Labels = frozenset[tuple[str, str]]
"""A label set; a label that is empty is the same as none."""

MOST_SERIES = 50_000  # of one alias on one page; kube-apiserver's largest family has 20,000
# Suffixes of the samples of a family, and those of them that only ever grow.
PARTS = re.compile(r"_(total|created|count|sum|bucket|gcount|gsum)$")
_GROWING: Mapping[str, frozenset[str]] = {
    "counter": frozenset({"", "total"}),
    "histogram": frozenset({"count", "sum", "bucket"}),
    "summary": frozenset({"count", "sum"}),
    "unknown": frozenset({"total", "count", "sum", "bucket"}),
}
_DISTRIBUTIONS = frozenset({"histogram", "summary"})


@dataclass(kw_only=True)
class PageDistribution:
    """A histogram or summary on one page: counters by label set, buckets with their `le`."""

    counts: dict[Labels, float] = field(default_factory=dict)
    sums: dict[Labels, float] = field(default_factory=dict)
    buckets: dict[Labels, float] = field(default_factory=dict)  # cumulative
    native: dict[Labels, NativeHistogram] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Page:
    """The wanted series of one page. A key is an alias, or one with the values it is told apart by.

    `values` are of the series of the very name, `distributions` of histograms and summaries of it.
    A counter that is absent and whose selector says what that means has a series of its labels.
    """

    values: Mapping[str, Mapping[Labels, float]]  # by key and label set, inf and NaN included
    distributions: Mapping[str, PageDistribution] = field(default_factory=dict)
    gauges: frozenset[str] = frozenset()  # keys whose series may fall
    unreadable: Sequence[str] = ()  # lines that seem to be of a wanted series and are no sample
    twice: Sequence[str] = ()  # series shown more than once: the first counts, as in Prometheus
    crowded: frozenset[str] = frozenset()  # aliases of more series than are read

    def sum(self, key: str) -> float | None:
        """The sum of a key's series, which may be no number; None where there is none."""
        found = self.values.get(key)
        return sum(found.values()) if found else None


class PageScan:
    """A page as far as it is read: samples in, a page out."""

    def __init__(self, selectors: Mapping[str, Selector], most: int = MOST_SERIES) -> None:
        self._selectors = selectors
        self._most = most
        self._wanted = by_sample_name(selectors)
        self._values: dict[str, dict[Labels, float]] = {}
        self._distributions: dict[str, PageDistribution] = {}
        self._sizes: dict[str, int] = {}
        self._families: set[str] = set()  # aliases of which some series of the family was seen
        self._twice: list[str] = []

    def take(self, sample: Sample, said: str) -> None:
        """Take a sample where an alias wants it; `said` is how the page shows it."""
        again = False
        for alias, part in self._wanted.get(sample.name, ()):
            selector = self._selectors[alias]
            if part is SeriesPart.PLAIN and selector.is_of_family(sample.labels):
                self._families.add(alias)
            if selector.matches(sample.labels) and not self._full(alias):
                key = selector.key(alias, sample.labels)
                again = not self._put(key, part, sample) or again
        if again:
            self._twice.append(said)

    def page(self, types: Mapping[str, str], unreadable: Sequence[str] = ()) -> Page:
        """What was found; `types`: family → its type."""
        names = {alias: selector.name for alias, selector in self._selectors.items()}
        if not unreadable:  # a line that is not read may be the counter's
            self._values |= self._absent(types)
        distributions = {
            key: found
            for key, found in self._distributions.items()
            if _is_distribution(names[alias_of(key)], types, found, key in self._values)
        }
        return Page(
            values=self._values,
            distributions=distributions,
            gauges=frozenset(key for key in self._values if _may_fall(names[alias_of(key)], types)),
            unreadable=unreadable,
            twice=self._twice,
            crowded=frozenset(alias for alias in self._sizes if self._full(alias)),
        )

    def _absent(self, types: Mapping[str, str]) -> dict[str, dict[Labels, float]]:
        """The counters that are not there though others of their family are, with their value."""
        return {
            alias: {frozenset(selector.labels.items()): selector.absent}
            for alias, selector in self._selectors.items()
            if selector.absent is not None
            and alias in self._families
            and alias not in self._values
            and not _may_fall(selector.name, types)
        }

    def _full(self, alias: str) -> bool:
        return self._sizes.get(alias, 0) > self._most

    def _put(self, key: str, part: SeriesPart, sample: Sample) -> bool:
        """Keep a sample; False of one that was there."""
        labels = frozenset((name, value) for name, value in sample.labels.items() if value)
        series = self._place(key, part)
        if labels in series:
            return False
        series[labels] = _number(sample.value)
        self._sizes[alias_of(key)] = self._sizes.get(alias_of(key), 0) + 1
        if sample.native_histogram is not None:
            self._distributions[key].native[labels] = sample.native_histogram
        return True

    def _place(self, key: str, part: SeriesPart) -> dict[Labels, float]:
        if part is SeriesPart.PLAIN:
            return self._values.setdefault(key, {})
        found = self._distributions.setdefault(key, PageDistribution())
        places = {
            SeriesPart.BUCKET: found.buckets,
            SeriesPart.SUM: found.sums,
            SeriesPart.COUNT: found.counts,
        }
        return places[part]


def _number(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number of hundreds of digits
        return math.inf


def _may_fall(name: str, types: Mapping[str, str]) -> bool:
    """Whether a series is a gauge. One without a type is a counter where its name says so."""
    part = PARTS.search(name)
    family = name[: part.start()] if part else name
    if types.get(name, "unknown") != "unknown":  # `reload_count` may be a family of its own
        return "" not in _GROWING.get(types[name], ())
    return (part[1] if part else "") not in _GROWING.get(types.get(family, "unknown"), ())


def _is_distribution(
    name: str, types: Mapping[str, str], found: PageDistribution, plain: bool
) -> bool:
    """Whether a name is that of a histogram or summary. Without a type, its samples tell."""
    told = types.get(name, "unknown")
    if told != "unknown":
        return told in _DISTRIBUTIONS
    return bool(found.counts and (found.sums or found.buckets)) and not plain
