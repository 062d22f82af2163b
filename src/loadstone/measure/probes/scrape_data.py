"""The series of the pages of a window, by alias. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain

from loadstone.measure.probes.counting import CounterGrowth, growth
from loadstone.measure.probes.distributions import WindowDistribution, observed
from loadstone.measure.probes.metrics_page import Page, PageDistribution
from loadstone.measure.probes.selector import Selector, alias_of

GROUPS = 50  # label values of one alias that have quantities of their own

Pages = Sequence[tuple[float, Page]]


@dataclass(frozen=True, kw_only=True)
class ScrapeData:
    """The wanted series of the pages of a window, by key: an alias, or one with label values."""

    # [s since open, value] of each scrape in which the series had a number
    values: Mapping[str, Sequence[tuple[float, float]]]
    grown: Mapping[str, CounterGrowth] = field(default_factory=dict)  # of counters
    distributions: Mapping[str, WindowDistribution] = field(default_factory=dict)
    gauges: frozenset[str] = frozenset()  # keys that may fall
    at_open: frozenset[str] = frozenset()  # keys that the first page had
    gone: frozenset[str] = frozenset()  # keys that some page had, and the last has no number of
    scrapes: int = 0  # pages that were read
    opened: bool = True  # whether the first of them is of the beginning of the window
    closed: bool = True  # whether the last of them is of its end
    problems: Sequence[str] = ()  # why the others were not
    odd: Mapping[str, int] = field(default_factory=dict)  # scrapes whose value was no number
    between: int = 0  # fetches that were neither the first nor the last, those that failed, too
    unreadable: Sequence[str] = ()  # lines, as in `metrics_page.Page`
    twice: Sequence[str] = ()  # series, as in `metrics_page.Page`
    crowded: frozenset[str] = frozenset()  # aliases, as in `metrics_page.Page`
    groups: Mapping[str, int] = field(default_factory=dict)  # of aliases with more than `GROUPS`


def of_pages(
    pages: Pages, selectors: Mapping[str, Selector], problems: Sequence[str] = ()
) -> ScrapeData:
    """The wanted series of the pages, the earliest first.

    An alias that some page has too many series of has none here.
    """
    crowded = frozenset[str]().union(*(page.crowded for _, page in pages))
    groups = _groups(pages, {alias for alias in selectors if alias not in crowded})
    keys = [key for found in groups.values() for key in found[:GROUPS]]
    distributions = dict(_distributions(pages, keys))
    known = [key for key in keys if key not in distributions]
    sums = {key: [(at, page.sum(key)) for at, page in pages] for key in known}
    sums |= {alias: [] for alias in sorted(crowded)}
    values = {
        key: [(at, value) for at, value in points if value is not None and math.isfinite(value)]
        for key, points in sums.items()
    }
    shown = {key: sum(value is not None for _, value in points) for key, points in sums.items()}
    gauges = frozenset[str]().union(*(page.gauges for _, page in pages))
    return ScrapeData(
        values=values,
        grown={
            key: growth([(at, page.values.get(key, {})) for at, page in pages])
            for key in known
            if key not in gauges
        },
        distributions=distributions,
        gauges=gauges,
        at_open=frozenset(pages[0][1].values) if pages else frozenset(),
        gone=frozenset(_gone(pages, values, distributions)),
        scrapes=len(pages),
        problems=problems,
        odd={key: shown[key] - len(values[key]) for key in values},
        unreadable=[line for _, page in pages for line in page.unreadable],
        twice=[line for _, page in pages for line in page.twice],
        crowded=crowded,
        groups={alias: len(found) for alias, found in groups.items() if len(found) > GROUPS},
    )


def _groups(pages: Pages, aliases: set[str]) -> dict[str, list[str]]:
    """The keys of each alias, in order; of one that no page shows, the alias itself."""
    found: dict[str, set[str]] = {alias: set() for alias in aliases}
    for _, page in pages:
        for key in chain(page.values, page.distributions):
            if alias_of(key) in found:
                found[alias_of(key)].add(key)
    return {alias: sorted(keys) or [alias] for alias, keys in found.items()}


def _gone(
    pages: Pages,
    values: Mapping[str, Sequence[tuple[float, float]]],
    distributions: Mapping[str, WindowDistribution],
) -> Iterator[str]:
    """The keys that had a number once, and have none on the last page."""
    for key, points in values.items():
        if points and points[-1][0] < pages[-1][0]:
            yield key
    for key in distributions:
        last = pages[-1][1].distributions.get(key)
        if last is None or not any(map(math.isfinite, last.counts.values())):
            yield key


def _distributions(pages: Pages, keys: Sequence[str]) -> Iterator[tuple[str, WindowDistribution]]:
    nothing = PageDistribution()
    for key in keys:
        if any(key in page.distributions for _, page in pages):
            seen = observed([(at, page.distributions.get(key, nothing)) for at, page in pages])
            if seen is not None:
                yield key, seen
