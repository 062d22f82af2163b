"""Metrics pages in the text format or OpenMetrics, read for the series that are asked for. Pure.

The page is read line by line: one that cannot be read must not hide the others, and a page of
10,000 lines of which four are wanted need not be parsed whole. A line ends with a line feed and
with nothing else: label values may hold every other sign.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence

from prometheus_client import Metric

from loadstone.formats import exposition
from loadstone.formats.exposition import SampleReader
from loadstone.measure.probes.metrics_page import MOST_SERIES, PARTS, Page, PageScan
from loadstone.measure.probes.selector import Selector, by_sample_name

_BLANKS = " \t"
_NAME = re.compile(r"[\w:]+", re.ASCII)


def read(
    page: str,
    selectors: Mapping[str, Selector],
    reader: SampleReader | None = None,
    *,
    most: int = MOST_SERIES,
) -> Page:
    """Find the series that the selectors name on a page in the text format or OpenMetrics.

    A `reader` remembers the series of earlier pages, so that only their values are read anew.
    `most`: series of one alias.
    """
    reader = reader or SampleReader()
    scan, unreadable = PageScan(selectors, most), []
    for line in _lines_of(page, set(by_sample_name(selectors))):
        try:
            samples = reader.samples(line)
        except exposition.NotASample:
            unreadable.append(line)
            continue
        for sample in samples:
            scan.take(sample, line)
    names = [selector.name for selector in selectors.values()]
    return scan.page(_types(page, names), unreadable)


def _lines_of(page: str, names: set[str]) -> Iterator[str]:
    """The lines that begin with one of the names, or with a brace and hold it in quotes."""
    quoted = {_quoted(name) for name in names}
    odd = tuple(name for name in names if not _NAME.fullmatch(name))
    for line in page.split("\n"):
        text = line.strip(_BLANKS + "\r")
        if text.startswith("{"):
            if any(name in text for name in quoted):
                yield text
        elif ((match := _NAME.match(text)) and match[0] in names) or (odd and text.startswith(odd)):
            yield text


def _quoted(name: str) -> str:
    escaped = name.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{escaped}"'


def _types(page: str, wanted: Iterable[str]) -> Mapping[str, str]:
    """Family → its type, of the families that wanted series may be of."""
    names = set(wanted)
    families = names | {PARTS.sub("", name) for name in names}
    found: dict[str, str] = {}
    for line in page.split("\n"):
        if "TYPE" in line and any(family in line for family in families):
            for metric in _comment(line):
                found.setdefault(metric.name, metric.type)
    return found


def _comment(line: str) -> Sequence[Metric]:
    try:
        return exposition.families(line)
    except exposition.NotASample:
        return ()
