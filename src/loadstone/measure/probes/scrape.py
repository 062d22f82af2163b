"""The probe `scrape`: the component's own metrics page, at open, at close and every second.

Fetching costs the component what any Prometheus costs it. The pages are only kept while measuring
and parsed after the window, so that parsing takes no CPU from what is measured.
"""

from __future__ import annotations

import math
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from loadstone.formats import gzipped
from loadstone.measure.probes.counting import CounterGrowth, growth
from loadstone.measure.probes.fetch import LARGEST, FetchFailed, fetch, pool
from loadstone.measure.probes.metrics_page import Page, Selector, read
from loadstone.measure.probes.probe import PULSE, Cost, ProbeReading, Subject

_WITHIN = 5.0  # s for a page to come


@dataclass(frozen=True, kw_only=True)
class ScrapeData:
    """The wanted series of the pages of a window, by alias."""

    # [s since open, value] of each scrape in which the series had a number
    values: Mapping[str, Sequence[tuple[float, float]]]
    grown: Mapping[str, CounterGrowth] = field(default_factory=dict)  # of counters
    gauges: frozenset[str] = frozenset()  # aliases that may fall
    at_open: frozenset[str] = frozenset()  # aliases that the first page had
    scrapes: int = 0  # pages that were read
    problems: Sequence[str] = ()  # why the others were not
    odd: Mapping[str, int] = field(default_factory=dict)  # scrapes whose value was no number
    unreadable: Sequence[str] = ()  # lines, as in `metrics_page.Page`
    twice: Sequence[str] = ()  # series, as in `metrics_page.Page`


class ScrapeProbe:
    """The probe that fetches the page in a thread of its own; without a page, nothing."""

    name = "scrape"

    def __init__(self) -> None:
        self._cost = Cost()
        self._pages: list[tuple[float, bytes]] = []
        self._problems: list[str] = []
        self._stop = threading.Event()
        self._pool = pool()

    def open(self, subject: Subject) -> None:
        self._subject = subject
        self._begun = time.monotonic()
        if subject.metrics and subject.scrape:
            with self._cost:
                self._fetch()
        self._thread = threading.Thread(target=self._work, name="probe-scrape", daemon=True)
        self._thread.start()

    def close(self) -> ProbeReading:
        self._stop.set()
        self._thread.join()
        with self._cost:
            if self._subject.metrics and self._subject.scrape:
                self._fetch()
            data = self._data()
        self._pool.clear()
        return ProbeReading(data=data, cost=self._cost.seconds)

    def stop(self) -> None:
        self._stop.set()

    def _work(self) -> None:
        while self._subject.metrics and self._subject.scrape and not self._stop.wait(PULSE):
            with self._cost:
                self._fetch()

    def _fetch(self) -> None:
        moment = time.monotonic() - self._begun
        try:
            page = fetch(self._pool, self._subject.metrics, within=_WITHIN)
        except FetchFailed as error:
            self._problems.append(str(error))
            return
        self._pages.append((moment, page))

    def _data(self) -> ScrapeData:
        selectors = {alias: Selector.parse(text) for alias, text in self._subject.scrape.items()}
        pages: list[tuple[float, Page]] = []
        for moment, body in self._pages:
            try:
                pages.append((moment, read(text_of(body), selectors)))
            except NotText as error:
                self._problems.append(f"{self._subject.metrics}: {error}")
        return of_pages(pages, selectors.keys(), self._problems)


class NotText(ValueError):
    """A page that is no text; the message says what it is instead."""


def text_of(body: bytes) -> str:
    """A page as text. It may be gzipped without its headers saying so. Raises `NotText`."""
    try:
        plain = gzipped.unpacked(body, LARGEST) if body.startswith(gzipped.MAGIC) else body
    except gzipped.DamagedGzip as error:
        raise NotText(str(error)) from error
    text = plain.decode(errors="replace").removeprefix("\N{ZERO WIDTH NO-BREAK SPACE}")
    if text.lstrip().startswith("<"):
        raise NotText("it is an HTML page, not one of metrics")
    return text


def of_pages(
    pages: Sequence[tuple[float, Page]], aliases: Iterable[str], problems: Sequence[str] = ()
) -> ScrapeData:
    """The wanted series of the pages, the earliest first. Pure."""
    known = list(aliases)
    sums = {alias: [(at, page.sum(alias)) for at, page in pages] for alias in known}
    values = {
        alias: [(at, value) for at, value in points if value is not None and math.isfinite(value)]
        for alias, points in sums.items()
    }
    shown = {alias: sum(value is not None for _, value in points) for alias, points in sums.items()}
    gauges = frozenset().union(*(page.gauges for _, page in pages))
    return ScrapeData(
        values=values,
        grown={
            alias: growth([(at, page.values.get(alias, {})) for at, page in pages])
            for alias in known
            if alias not in gauges
        },
        gauges=gauges,
        at_open=frozenset(pages[0][1].values) if pages else frozenset(),
        scrapes=len(pages),
        problems=problems,
        odd={alias: shown[alias] - len(values[alias]) for alias in known},
        unreadable=[line for _, page in pages for line in page.unreadable],
        twice=[line for _, page in pages for line in page.twice],
    )
