"""The series behind a run's queries as a file of it: what was asked, answered, and scraped. Pure.

A Prometheus forgets what a record keeps, and a query's answer is worked out of few samples. These
are as they were scraped, at their own times: what `query_range` gives are values at even steps, of
which some are older than they look.
"""

from __future__ import annotations

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from loadstone.measure.probes.query_answers import AnsweredSeries
from loadstone.measure.probes.query_window import QueryWindow
from loadstone.model import Note

MOST_SAMPLES = 50_000  # of a run: some 200 kB packed

Samples = Mapping[str, Sequence[AnsweredSeries]]
"""What was scraped in a run, by selector."""


@dataclass(frozen=True, kw_only=True)
class SeriesSnapshot:
    """The snapshot of a run: its file, and what there is to say of it."""

    content: bytes
    notes: Sequence[Note]


def snapshot(
    queries: Mapping[str, str],
    found: Mapping[str, float | Note],
    samples: Samples,
    window: QueryWindow,
    *,
    most: int = MOST_SAMPLES,
) -> SeriesSnapshot:
    """A gzipped JSON document; of more than `most` samples, the series that come first."""
    left, kept, cut = most, 0, 0
    series: dict[str, list[dict[str, Any]]] = {}
    for selector, answered in samples.items():
        series[selector] = []
        for each in answered:
            if len(each.values) > left:
                cut += 1
                continue
            left -= len(each.values)
            kept += 1
            series[selector].append({"metric": each.metric, "values": each.values})
    document = {
        "window": {"since": window.since, "opened": window.opened, "closed": window.closed},
        "queries": {
            alias: {"query": query, **_answer(found[alias])} for alias, query in queries.items()
        },
        "series": series,
        "left_out": cut,
    }
    content = gzip.compress(msgspec.json.encode(document), mtime=0)
    notes = [Note.of("series-kept", series=kept, samples=most - left)]
    if cut:
        notes.append(Note.of("series-left-out", series=cut, most=most))
    return SeriesSnapshot(content=content, notes=notes)


def _answer(found: float | Note) -> dict[str, Any]:
    """The value, or the code of the note that says why there is none."""
    return {"why": found.code} if isinstance(found, Note) else {"value": found}
