"""Notes on a run's metrics pages: what could not be read of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.measure.probes.scrape import ScrapeData
from loadstone.model import Note


def notes(data: ScrapeData) -> list[Note]:
    """Series that never showed or were no numbers, lines that are no samples, failed scrapes."""
    return [*_missing(data), *_no_numbers(data), *_resets(data), *_lines(data), *_problems(data)]


def _missing(data: ScrapeData) -> Iterator[Note]:
    gone = [name for name, points in data.values.items() if not points and not data.odd.get(name)]
    if gone and data.scrapes:
        yield Note.of("series-missing", names=", ".join(gone))


def _no_numbers(data: ScrapeData) -> Iterator[Note]:
    for alias, times in data.odd.items():
        if times:
            yield Note.of("series-not-a-number", alias=alias, times=times, scrapes=data.scrapes)


def _resets(data: ScrapeData) -> Iterator[Note]:
    for alias, grown in data.grown.items():
        if grown.resets:
            yield Note.of("counter-began-anew", alias=alias, resets=grown.resets)


def _lines(data: ScrapeData) -> Iterator[Note]:
    if data.unreadable:
        lines = len(data.unreadable)
        yield Note.of("series-unreadable", lines=lines, said=data.unreadable[0])
    if data.twice:
        yield Note.of("series-twice", samples=len(data.twice), said=data.twice[0])


def _problems(data: ScrapeData) -> Iterator[Note]:
    if data.problems:
        yield Note.of("scrape-failed", failed=len(data.problems), said=data.problems[0])
