"""The probe `allocations`: what the component's runtime has allocated, at open and at close.

Go's metrics pages count by spans: an object is counted when the span that it lies in is given back,
so from one page to the next they may be off by a thousand objects. Its page `/debug/vars` counts
after all spans were given back, exact to the object, so that is read where the component file names
it. What our own fetches allocate is measured once nothing sends any more, and taken off.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

import msgspec

from loadstone.measure.probes.fetch import FetchFailed, fetch, pool
from loadstone.measure.probes.page_body import NotText, text_of
from loadstone.measure.probes.probe import Cost, ProbeReading, Subject
from loadstone.measure.probes.selector import Selector
from loadstone.measure.probes.text_page import read

# What is counted → the alias of the component file that names its counter.
ALIASES: Mapping[str, str] = {"objects": "allocations", "bytes": "allocated_bytes"}
_WITHIN = 5.0  # s for an answer
_TIMES = 5  # that the cost of an answer is measured

Counts = Mapping[str, float]
"""Cumulative counts by the keys of `ALIASES`; what is not known is absent."""


@dataclass(frozen=True, kw_only=True)
class AllocationData:
    """The counters at both ends of a window, and what asking for them allocates."""

    first: Counts
    last: Counts
    reading: Counts | None = None  # what one reading of the counters allocates
    page: Counts | None = None  # what one fetch of the metrics page allocates


class AllocationProbe:
    """The probe that reads the counters; of a component that names none, nothing."""

    name = "allocations"

    def __init__(self) -> None:
        self._cost = Cost()
        self._page = ""
        self._counts: Callable[[], Counts] = dict
        self._first: Counts = {}
        self._last: Counts = {}

    def open(self, subject: Subject) -> None:
        self._pool = pool(subject.access)
        with self._cost:
            self._page = subject.metrics
            for source in self._sources(subject):
                self._counts, self._first = source, source()
                if self._first:
                    return

    def close(self) -> ProbeReading:
        with self._cost:
            self._last = self._counts()
        return self._reading()

    def settle(self) -> ProbeReading:
        """The reading with what it cost the component; nothing sends any more."""
        with self._cost:
            costs = self._costs() if self._first and self._last else (None, None)
        self._pool.clear()
        return self._reading(*costs)

    def stop(self) -> None:
        """Nothing goes on between two calls."""

    def _reading(self, reading: Counts | None = None, page: Counts | None = None) -> ProbeReading:
        data = AllocationData(first=self._first, last=self._last, reading=reading, page=page)
        return ProbeReading(data=data, cost=self._cost.seconds)

    def _sources(self, subject: Subject) -> Iterator[Callable[[], Counts]]:
        """Where the counters may be read, the exact one first."""
        selectors = {
            what: replace(Selector.of(subject.scrape[alias]), by=())
            for what, alias in ALIASES.items()
            if alias in subject.scrape
        }
        if selectors and subject.expvar:
            yield lambda: of_expvar(self._fetch(subject.expvar))
        if selectors and subject.metrics:
            yield lambda: of_page(self._fetch(subject.metrics), selectors)

    def _costs(self) -> tuple[Counts | None, Counts | None]:
        alone = [self._counts() for _ in range(_TIMES + 1)]
        reading = _between(alone)
        with_page = [alone[-1]]
        for _ in range(_TIMES if self._page else 0):
            self._fetch(self._page)
            with_page.append(self._counts())
        both = _between(with_page)
        if reading is None or both is None:
            return reading, None
        known = reading.keys() & both.keys()
        return reading, {what: max(both[what] - reading[what], 0.0) for what in known}

    def _fetch(self, url: str) -> bytes:
        """The answer, empty where there is none: what is not known is absent."""
        try:
            return fetch(self._pool, url, within=_WITHIN)
        except FetchFailed:
            return b""


class _MemStats(msgspec.Struct):
    """The part of Go's `runtime.MemStats` that counts allocations."""

    mallocs: int = msgspec.field(name="Mallocs")
    total: int = msgspec.field(name="TotalAlloc")  # By


class _Expvar(msgspec.Struct):
    """The page `/debug/vars`, as far as it is read."""

    memstats: _MemStats


def of_expvar(body: bytes) -> Counts:
    """The counters on Go's page `/debug/vars`. Pure."""
    try:
        found = msgspec.json.decode(body, type=_Expvar).memstats
    except (msgspec.MsgspecError, UnicodeDecodeError):
        return {}
    return {"objects": float(found.mallocs), "bytes": float(found.total)}


def of_page(body: bytes, selectors: Mapping[str, Selector]) -> Counts:
    """The counters on a metrics page. Pure."""
    try:
        page = read(text_of(body), selectors)
    except NotText:
        return {}
    sums = {what: page.sum(what) for what in selectors}
    return {
        what: value for what, value in sums.items() if value is not None and math.isfinite(value)
    }


def _between(readings: Sequence[Counts]) -> Counts | None:
    """The median growth from one reading to the next; None where one is missing."""
    whole = set.intersection(*(set(each) for each in readings))
    if len(readings) < 2 or not whole:
        return None
    steps = list(pairwise(readings))
    return {what: median(after[what] - before[what] for before, after in steps) for what in whole}
