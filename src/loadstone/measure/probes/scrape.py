"""The probe `scrape`: the component's own metrics page, at open, at close and every second.

Fetching costs the component what any Prometheus costs it. The pages are only kept while measuring
and parsed after the window, so that parsing takes no CPU from what is measured.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import urllib3

from loadstone.measure.probes.probe import PULSE, Cost, Sample, Subject
from loadstone.measure.probes.series import Selector, select


@dataclass(frozen=True, kw_only=True)
class ScrapeData:
    """By alias: [seconds since open, value] of each scrape that showed the series.

    `at_open` are the aliases whose series was there at the first scrape, `problems` what failed.
    """

    values: Mapping[str, Sequence[tuple[float, float]]]
    at_open: frozenset[str] = frozenset()
    scrapes: int = 0
    problems: Sequence[str] = ()


class ScrapeProbe:
    """Fetches the page in a thread of its own; without a page, measures nothing."""

    name = "scrape"

    def __init__(self) -> None:
        self._cost = Cost()
        self._pages: list[tuple[float, str]] = []
        self._problems: list[str] = []
        self._stop = threading.Event()
        self._pool = urllib3.PoolManager(retries=False, timeout=5.0)

    def open(self, subject: Subject) -> None:
        self._subject = subject
        self._begun = time.monotonic()
        if subject.metrics and subject.scrape:
            with self._cost:
                self._fetch()
        self._thread = threading.Thread(target=self._work, name="probe-scrape", daemon=True)
        self._thread.start()

    def close(self) -> Sample:
        self._stop.set()
        self._thread.join()
        with self._cost:
            if self._subject.metrics and self._subject.scrape:
                self._fetch()
            data = self._data()
        self._pool.clear()
        return Sample(data=data, cost=self._cost.seconds)

    def stop(self) -> None:
        self._stop.set()

    def _work(self) -> None:
        while self._subject.metrics and self._subject.scrape and not self._stop.wait(PULSE):
            with self._cost:
                self._fetch()

    def _fetch(self) -> None:
        moment = time.monotonic() - self._begun
        try:
            answer = self._pool.request("GET", self._subject.metrics)
        except urllib3.exceptions.HTTPError as error:
            self._problems.append(f"{self._subject.metrics}: {error}")
            return
        if answer.status == 200:
            self._pages.append((moment, answer.data.decode(errors="replace")))
        else:
            self._problems.append(f"{self._subject.metrics} answered {answer.status}")

    def _data(self) -> ScrapeData:
        selectors = {alias: Selector.parse(text) for alias, text in self._subject.scrape.items()}
        values: dict[str, list[tuple[float, float]]] = {alias: [] for alias in selectors}
        at_open: frozenset[str] = frozenset()
        for place, (moment, page) in enumerate(self._pages):
            found = select(page, selectors)
            at_open = frozenset(found) if place == 0 else at_open
            for alias, value in found.items():
                values[alias].append((moment, value))
        return ScrapeData(
            values=values, at_open=at_open, scrapes=len(self._pages), problems=self._problems
        )
