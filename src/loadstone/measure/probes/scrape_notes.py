"""Notes on a run's metrics pages: what could not be read of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.measure.probes.metrics_page import MOST_SERIES
from loadstone.measure.probes.scrape_data import GROUPS, ScrapeData
from loadstone.model import Note


def notes(data: ScrapeData) -> list[Note]:
    """Series that never showed or were no numbers, lines that are no samples, failed scrapes."""
    return [
        *_missing(data),
        *_gone(data),
        *_no_numbers(data),
        *_resets(data),
        *_beyond(data),
        *_too_many(data),
        *_lines(data),
        *_problems(data),
    ]


def _missing(data: ScrapeData) -> Iterator[Note]:
    gone = [
        name
        for name, points in data.values.items()
        if not points and not data.odd.get(name) and name not in data.crowded
    ]
    if gone and data.scrapes:
        yield Note.of("series-missing", names=", ".join(gone))


def _gone(data: ScrapeData) -> Iterator[Note]:
    if data.gone and data.closed:
        yield Note.of("series-gone", names=", ".join(sorted(data.gone)))


def _no_numbers(data: ScrapeData) -> Iterator[Note]:
    for alias, times in data.odd.items():
        if times:
            yield Note.of("series-not-a-number", alias=alias, times=times, scrapes=data.scrapes)


def _resets(data: ScrapeData) -> Iterator[Note]:
    resets = {
        **{key: grown.resets for key, grown in data.grown.items()},
        **{key: seen.resets for key, seen in data.distributions.items()},
    }
    for key, times in resets.items():
        if times:
            yield Note.of("counter-began-anew", alias=key, resets=times)


def _beyond(data: ScrapeData) -> Iterator[Note]:
    for alias, seen in data.distributions.items():
        names = [name for name, found in seen.quantiles().items() if found is None]
        if names:
            bound = max(bucket.lower for bucket in seen.buckets)
            yield Note.of("histogram-beyond", alias=alias, names=", ".join(names), bound=bound)


def _too_many(data: ScrapeData) -> Iterator[Note]:
    for alias in sorted(data.crowded):
        yield Note.of("series-too-many", alias=alias, most=MOST_SERIES)
    for alias, groups in data.groups.items():
        yield Note.of("series-groups", alias=alias, groups=groups, most=GROUPS)


def _lines(data: ScrapeData) -> Iterator[Note]:
    if data.unreadable:
        lines = len(data.unreadable)
        yield Note.of("series-unreadable", lines=lines, said=data.unreadable[0])
    if data.twice:
        yield Note.of("series-twice", samples=len(data.twice), said=data.twice[0])


def _problems(data: ScrapeData) -> Iterator[Note]:
    ends = {"the beginning": data.opened, "the end": data.closed}
    if data.scrapes and (lost := [name for name, came in ends.items() if not came]):
        yield Note.of("scrape-incomplete", when=" and ".join(lost))
    if data.problems:
        yield Note.of("scrape-failed", failed=len(data.problems), said=data.problems[0])
