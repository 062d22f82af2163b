"""The probe `scrape`: the component's own metrics page, at open, at close and every second.

Fetching costs the component what any Prometheus costs it. The pages are only kept while measuring
and parsed after the window, so that parsing takes no CPU from what is measured.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from dataclasses import replace

from loadstone.formats import scraped
from loadstone.formats.exposition import SampleReader
from loadstone.measure.probes import protobuf_page, text_page
from loadstone.measure.probes.fetch import FetchFailed, fetch, pool
from loadstone.measure.probes.metrics_page import Page
from loadstone.measure.probes.page_body import NotText, plain, text_of
from loadstone.measure.probes.probe import PULSE, Cost, ProbeReading, Subject
from loadstone.measure.probes.scrape_data import ScrapeData, of_pages
from loadstone.measure.probes.selector import Selector

_WITHIN = 5.0  # s for a page to come
_AT_AN_END = 2  # attempts at the pages of the beginning and the end, between which counters grow
KEPT = 256 * 1024 * 1024  # By of pages of one window; of more, only the last is added


class ScrapeProbe:
    """The probe that fetches the page in a thread of its own; without a page, nothing."""

    name = "scrape"

    def __init__(self, *, kept: int = KEPT) -> None:
        self._cost = Cost()
        self._kept = kept
        self._pages: list[tuple[float, bytes]] = []
        self._opened: float | None = None  # the moment of the page of the beginning
        self._closed: float | None = None  # and of that of the end
        self._problems: list[str] = []
        self._fetches = 0
        self._stop = threading.Event()

    def open(self, subject: Subject) -> None:
        self._subject = subject
        self._pool = pool(subject.access)
        self._begun = time.monotonic()
        native = any(scraped(entry).native for entry in subject.scrape.values())
        self._accept = protobuf_page.ACCEPT if native else ""
        if subject.metrics and subject.scrape:
            with self._cost:
                self._opened = self._fetch_surely()
        self._thread = threading.Thread(target=self._work, name="probe-scrape", daemon=True)
        self._thread.start()

    def close(self) -> ProbeReading:
        self._stop.set()
        self._thread.join()
        with self._cost:
            if self._subject.metrics and self._subject.scrape:
                self._closed = self._fetch_surely()
            data = self._data()
        self._pool.clear()
        return ProbeReading(data=data, cost=self._cost.seconds)

    def stop(self) -> None:
        self._stop.set()

    def _work(self) -> None:
        while self._subject.metrics and self._subject.scrape and not self._stop.wait(PULSE):
            if sum(len(page) for _, page in self._pages) > self._kept:
                url, most = self._subject.metrics, self._kept
                self._problems.append(f"{url}: its pages come to more than {most} bytes a window")
                return
            with self._cost:
                self._fetch()

    def _fetch_surely(self) -> float | None:
        """Fetch a page of an end of the window, for which no other can stand in; its moment."""
        tried = (self._fetch() for _ in range(_AT_AN_END))
        return next((moment for moment in tried if moment is not None), None)

    def _fetch(self) -> float | None:
        """Fetch a page; the moment at which it was asked for, None where none came."""
        moment = time.monotonic() - self._begun
        self._fetches += 1
        try:
            page = fetch(self._pool, self._subject.metrics, within=_WITHIN, accept=self._accept)
        except FetchFailed as error:
            self._problems.append(str(error))
            return None
        self._pages.append((moment, page))
        return moment

    def _data(self) -> ScrapeData:
        selectors = {alias: Selector.of(entry) for alias, entry in self._subject.scrape.items()}
        reader = SampleReader()
        pages: list[tuple[float, Page]] = []
        while self._pages:  # one at a time, so that no two of them are in memory as text
            moment, body = self._pages.pop(0)
            try:
                pages.append((moment, _page(body, selectors, reader, native=bool(self._accept))))
            except NotText as error:
                self._problems.append(f"{self._subject.metrics}: {error}")
        found = of_pages(pages, selectors, self._problems)
        read = {moment for moment, _ in pages}
        return replace(
            found,
            between=max(self._fetches - 2, 0),
            opened=self._opened in read,
            closed=self._closed in read,
        )


def _page(
    body: bytes, selectors: Mapping[str, Selector], reader: SampleReader, *, native: bool
) -> Page:
    """The page in whatever the component chose to write it. Raises `NotText`."""
    if native:
        try:
            return protobuf_page.read(plain(body), selectors)
        except protobuf_page.NotProtobuf:
            pass  # it knows text alone
    return text_page.read(text_of(body), selectors, reader)
