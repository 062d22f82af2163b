"""Lines of a metrics page, read by prometheus-client's parser of the text format. Pure.

That parser is used for OpenMetrics, too: it reads its samples as well, and the stricter parser of
OpenMetrics neither quoted names nor blanks where the older format allows them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

from prometheus_client import Metric
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

LONGEST = 64 * 1024  # characters of a line; a longer one is not read
MOST_KNOWN = 200_000  # series that a reader remembers
_BARE = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_PLAIN = re.compile(r"(.*[^ \t]) ([0-9]+(?:\.[0-9]+)?(?:e[+-]?[0-9]{1,3})?)", re.S)


class NotASample(ValueError):
    """A line that is neither a sample nor a comment, or a text that is no series."""


def samples(line: str) -> Sequence[Sample]:
    """The samples of one line: one, or none in a comment. Raises `NotASample`."""
    found = [each for family in families(line) for each in family.samples]
    quoted = line.lstrip().startswith("{")
    if not quoted and not all(_BARE.fullmatch(each.name) for each in found):
        raise NotASample("a name with blanks in it")  # the parser takes it where labels follow
    return found


def families(line: str) -> Sequence[Metric]:
    """The families that one line tells of; those of a comment have no samples. As `samples`."""
    if "\n" in line or len(line) > LONGEST:
        raise NotASample("this is not one line")
    try:
        return list(text_string_to_metric_families(line))
    except (ValueError, LookupError, AttributeError) as error:  # not all of them are meant
        raise NotASample(str(error)) from error


def series(text: str) -> Sample:
    """The sample 0 of the series `name{label="value"}` or `{"name",label="value"}`.

    Raises `NotASample` for everything else.
    """
    found = samples(f"{text} 0")
    if [(each.value, each.timestamp) for each in found] != [(0, None)]:
        raise NotASample("this is not a series alone")
    return found[0]


class SampleReader:
    """A reader of lines that remembers series: of pages that are alike, values alone are new.

    The parser takes some 20 µs a line, and pages of a control plane have 20,000 lines of which a
    tenth differ from one second to the next.
    """

    def __init__(self) -> None:
        self._known: dict[str, tuple[str, Mapping[str, str]]] = {}

    def samples(self, line: str) -> Sequence[Sample]:
        """As the function `samples`."""
        match = None if "#" in line or len(line) > LONGEST else _PLAIN.fullmatch(line)
        known = self._series(match[1]) if match else None
        if match is None or known is None:
            return samples(line)
        return [Sample(known[0], dict(known[1]), float(match[2]))]

    def _series(self, text: str) -> tuple[str, Mapping[str, str]] | None:
        """The name and labels of a series; None of a text that is none, such as one with a value.

        So is what stands before a time stamp.
        """
        found = self._known.get(text)
        if found is None:
            try:
                sample = series(text)
            except NotASample:
                return None
            found = sample.name, sample.labels
            if len(self._known) < MOST_KNOWN:
                self._known[text] = found
        return found
