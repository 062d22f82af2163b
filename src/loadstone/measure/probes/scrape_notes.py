"""Notes on a run's metrics pages: what could not be read of them. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from loadstone.measure.probes.scrape import ScrapeData
from loadstone.model import Reason

_QUOTED = 80  # characters of a line


def notes(data: ScrapeData) -> list[Reason]:
    """Series that never showed or were no numbers, lines that are no samples, failed scrapes."""
    return [*_missing(data), *_no_numbers(data), *_resets(data), *_lines(data), *_problems(data)]


def _missing(data: ScrapeData) -> Iterator[Reason]:
    gone = [name for name, points in data.values.items() if not points and not data.odd.get(name)]
    if gone and data.scrapes:
        text = f"the metrics page shows no series for {', '.join(gone)}"
        yield Reason(code="series-missing", text=text)


def _no_numbers(data: ScrapeData) -> Iterator[Reason]:
    for alias, times in data.odd.items():
        if times:
            text = f"{alias} was NaN or infinite in {times} of {data.scrapes} scrapes"
            yield Reason(code="series-not-a-number", text=f"{text}, and has no value there")


def _resets(data: ScrapeData) -> Iterator[Reason]:
    for alias, grown in data.grown.items():
        if grown.resets:
            times = "once" if grown.resets == 1 else f"{grown.resets} times"
            text = f"{alias} began anew {times} while we looked; its growth counts on from 0 there"
            yield Reason(code="counter-began-anew", text=text)


def _lines(data: ScrapeData) -> Iterator[Reason]:
    if data.unreadable:
        lines = "1 line" if len(data.unreadable) == 1 else f"{len(data.unreadable)} lines"
        text = f"{lines} of the metrics page could not be read, such as {_quoted(data.unreadable)}"
        yield Reason(code="series-unreadable", text=text)
    if data.twice:
        times = len(data.twice)
        samples = "1 sample was" if times == 1 else f"{times} samples were"
        text = f"{samples} shown twice, such as {_quoted(data.twice)}; the first one counts"
        yield Reason(code="series-twice", text=text)


def _problems(data: ScrapeData) -> Iterator[Reason]:
    if data.problems:
        text = f"{len(data.problems)} scrapes failed, such as {data.problems[0]}"
        yield Reason(code="scrape-failed", text=text)


def _quoted(lines: Sequence[str]) -> str:
    line = lines[0]
    return f"“{line[:_QUOTED]}…”" if len(line) > _QUOTED else f"“{line}”"
