"""The probe `promql`: the component's queries, asked of a Prometheus once the window is over.

The component itself is not asked: whatever scrapes it does so all the time, on both sides alike.
The queries wait until nothing sends any more, and a moment longer, since a scrape that began in the
window is there when it has ended.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from loadstone.formats.promql_text import duration, selectors
from loadstone.measure.probes.fetch import FetchFailed
from loadstone.measure.probes.probe import Cost, ProbeReading, PrometheusQueries, Subject
from loadstone.measure.probes.prometheus_server import PrometheusServer, QueryRefused
from loadstone.measure.probes.query_answers import AnsweredSeries, series_of, sparse, value_of
from loadstone.measure.probes.query_window import QueryWindow
from loadstone.measure.probes.series_snapshot import Samples, SeriesSnapshot, snapshot
from loadstone.model import Note

PATIENCE = 1.0  # s after the window until a scrape that began in it is there
MOST_AHEAD = 1.0  # s between its clock and ours, beyond which it does not know our window


@dataclass(frozen=True, kw_only=True)
class PromqlData:
    """The values of queries by alias, why others have none, and the series behind all of them."""

    values: Mapping[str, float] = field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    snapshot: SeriesSnapshot | None = None


class PromqlProbe:
    """The probe that only remembers when the window was, and asks when all is quiet."""

    name = "promql"

    def __init__(self, *, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._cost = Cost()

    def open(self, subject: Subject) -> None:
        self._asked = subject.prometheus
        self._opened = self._closed = time.time()

    def close(self) -> ProbeReading:
        self._closed = time.time()
        return ProbeReading(data=PromqlData(), cost=0.0)

    def settle(self) -> ProbeReading:
        data = PromqlData()
        if self._asked is not None and self._asked.queries:
            time.sleep(max(self._closed + self._patience - time.time(), 0.0))
            with self._cost:
                data = _asked(self._asked, self._opened, self._closed)
        return ProbeReading(data=data, cost=self._cost.seconds)

    def stop(self) -> None:
        pass


def _asked(asked: PrometheusQueries, opened: float, closed: float) -> PromqlData:
    """Everything that the Prometheus says of a window. One that is lost has said nothing."""
    window = QueryWindow(since=asked.since, opened=opened, closed=closed)
    queries = {alias: window.filled(query, asked) for alias, query in asked.queries.items()}
    try:
        server = PrometheusServer(asked.url, asked.access)
    except FetchFailed as error:
        return PromqlData(notes=_failed(queries, str(error)))
    try:
        ahead = _ahead(server)
        if abs(ahead) > MOST_AHEAD:
            return PromqlData(notes=(Note.of("prometheus-clock", ahead=round(ahead, 3)),))
        samples, refused = _samples(server, queries.values(), window)
        found: dict[str, float | Note] = {}
        for alias, query in queries.items():
            found[alias] = _one(server, alias, query, samples, refused, window)
    except FetchFailed as error:
        return PromqlData(notes=_failed(queries, str(error)))
    finally:
        server.close()
    kept = snapshot(queries, found, samples, window)
    return PromqlData(
        values={alias: each for alias, each in found.items() if not isinstance(each, Note)},
        notes=(*(each for each in found.values() if isinstance(each, Note)), *kept.notes),
        snapshot=kept,
    )


def _failed(aliases: Iterable[str], said: str) -> tuple[Note, ...]:
    return tuple(Note.of("query-failed", alias=alias, said=said) for alias in aliases)


def _ahead(server: PrometheusServer) -> float:
    """Seconds by which its clock is ahead of ours. Raises `FetchFailed`."""
    sent = time.time()
    said = value_of("", server.query("time()"))
    if isinstance(said, Note):
        raise FetchFailed("it does not know what time it is")
    return said - (sent + time.time()) / 2


def _samples(
    server: PrometheusServer, queries: Iterable[str], window: QueryWindow
) -> tuple[Samples, Mapping[str, str]]:
    """The samples of the run, as they were scraped, by selector; and those refused, with why."""
    over = duration(window.closed - window.since)
    found: dict[str, list[AnsweredSeries]] = {}
    refused: dict[str, str] = {}
    for selector in dict.fromkeys(each for query in queries for each in selectors(query)):
        try:
            found[selector] = series_of(server.query(f"{selector}[{over}]", window.closed))
        except QueryRefused as error:
            refused[selector] = str(error)
    return found, refused


def _one(
    server: PrometheusServer,
    alias: str,
    query: str,
    samples: Samples,
    refused: Mapping[str, str],
    window: QueryWindow,
) -> float | Note:
    """The value of a query, or why it has none. Raises `FetchFailed` for a server that is lost."""
    asked = selectors(query)
    try:
        answer = server.query(query, window.closed)
    except QueryRefused as error:
        return Note.of("query-failed", alias=alias, said=str(error))
    for selector in asked:
        if selector in refused:
            return Note.of("query-failed", alias=alias, said=refused[selector])
    mine = {each: samples[each] for each in asked}
    too_few = sparse(alias, mine, opened=window.opened, closed=window.closed)
    return too_few or value_of(alias, answer)
