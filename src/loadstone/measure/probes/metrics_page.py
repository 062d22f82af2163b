"""Metrics pages, read for the series that a component file names. Pure.

The page is read line by line: one that cannot be read must not hide the others, and a page of
10,000 lines of which four are wanted need not be parsed whole. A line ends with a line feed and
with nothing else: label values may hold every other sign.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client import Metric
from prometheus_client.samples import Sample

from loadstone.errors import InvalidFile, Problem
from loadstone.formats import exposition

Labels = frozenset[tuple[str, str]]
"""A label set; a label that is empty is the same as none."""

_BLANKS = " \t"
_IN_NAMES = re.compile(r"[\w:]", re.ASCII)
# Suffixes of the samples of a family, and those of them that only ever grow.
_PARTS = re.compile(r"_(total|created|count|sum|bucket|gcount|gsum)$")
_GROWING: Mapping[str, frozenset[str]] = {
    "counter": frozenset({"", "total"}),
    "histogram": frozenset({"count", "sum", "bucket"}),
    "summary": frozenset({"count", "sum"}),
    "unknown": frozenset({"total", "count", "sum", "bucket"}),
}


@dataclass(frozen=True, kw_only=True)
class Selector:
    """A series by name and labels; labels that are not named may have any value."""

    name: str
    labels: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> Selector:
        """Parse `name{label="value"}` or `{"name",label="value"}`. Raises `InvalidFile`."""
        try:
            sample = exposition.series(text)
        except exposition.NotASample as error:
            problem = Problem(where=f"scrape: {text}", what='this is no `name{label="value"}`')
            raise InvalidFile([problem]) from error
        return cls(name=sample.name, labels=sample.labels)

    def matches(self, sample: Sample) -> bool:
        return sample.name == self.name and all(
            sample.labels.get(name, "") == value for name, value in self.labels.items()
        )


@dataclass(frozen=True, kw_only=True)
class Page:
    """The wanted series of one page."""

    values: Mapping[str, Mapping[Labels, float]]  # by alias and label set, inf and NaN included
    gauges: frozenset[str] = frozenset()  # aliases whose series may fall
    unreadable: Sequence[str] = ()  # lines that seem to be of a wanted series and are no sample
    twice: Sequence[str] = ()  # series shown more than once: the first counts, as in Prometheus

    def sum(self, alias: str) -> float | None:
        """The sum of an alias's series, which may be no number; None where there is none."""
        found = self.values.get(alias)
        return sum(found.values()) if found else None


@dataclass(kw_only=True)
class _PageScan:
    """A page as far as it is read."""

    values: dict[str, dict[Labels, float]] = field(default_factory=dict)
    unreadable: list[str] = field(default_factory=list)
    twice: list[str] = field(default_factory=list)


def read(page: str, selectors: Mapping[str, Selector]) -> Page:
    """Find the series that the selectors name on a page in the text format or OpenMetrics."""
    found = _PageScan()
    for line in _lines_of(page, {selector.name for selector in selectors.values()}):
        try:
            samples = exposition.samples(line)
        except exposition.NotASample:
            found.unreadable.append(line)
            continue
        for sample in samples:
            _take(found, sample, line, selectors)
    types = _types(page, found.values.keys(), selectors)
    return Page(
        values=found.values,
        gauges=frozenset(
            alias for alias in found.values if _may_fall(selectors[alias].name, types)
        ),
        unreadable=found.unreadable,
        twice=found.twice,
    )


def _lines_of(page: str, names: set[str]) -> Iterator[str]:
    """The lines that begin with one of the names, or with a brace and hold it in quotes."""
    starts = tuple(names)
    quoted = {_quoted(name) for name in names}
    for line in page.split("\n"):
        text = line.strip(_BLANKS + "\r")
        if text.startswith("{"):
            if any(name in text for name in quoted):
                yield text
        elif text.startswith(starts) and any(_begins(text, name) for name in names):
            yield text


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _begins(text: str, name: str) -> bool:
    return text.startswith(name) and not _IN_NAMES.match(text, len(name))


def _take(found: _PageScan, sample: Sample, line: str, selectors: Mapping[str, Selector]) -> None:
    labels = frozenset((name, value) for name, value in sample.labels.items() if value)
    wanting = [alias for alias, selector in selectors.items() if selector.matches(sample)]
    if any(labels in found.values.get(alias, {}) for alias in wanting):
        found.twice.append(line)
        return
    for alias in wanting:
        found.values.setdefault(alias, {})[labels] = _number(sample.value)


def _number(value: float) -> float:
    try:
        return float(value)
    except OverflowError:  # a whole number of hundreds of digits
        return math.inf


def _types(
    page: str, aliases: Iterable[str], selectors: Mapping[str, Selector]
) -> Mapping[str, str]:
    """Family → its type, of the families that the aliases' series may be of."""
    names = {selectors[alias].name for alias in aliases}
    families = names | {_PARTS.sub("", name) for name in names}
    found: dict[str, str] = {}
    for line in page.split("\n"):
        if "TYPE" in line and any(family in line for family in families):
            for metric in _comment(line):
                found.setdefault(metric.name, metric.type)
    return found


def _comment(line: str) -> Sequence[Metric]:
    try:
        return exposition.families(line)
    except exposition.NotASample:
        return ()


def _may_fall(name: str, types: Mapping[str, str]) -> bool:
    """Whether a series is a gauge. One without a type is a counter where its name says so."""
    part = _PARTS.search(name)
    family = name[: part.start()] if part else name
    if types.get(name, "unknown") != "unknown":  # `reload_count` may be a family of its own
        return "" not in _GROWING.get(types[name], ())
    return (part[1] if part else "") not in _GROWING.get(types.get(family, "unknown"), ())
