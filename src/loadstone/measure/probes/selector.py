"""Selectors of series, and of the parts of histograms and summaries. Pure."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import Enum

from loadstone.errors import InvalidFile, Problem
from loadstone.formats import Scraped, exposition, scraped

LONGEST_GROUP = 80  # characters of label values in a quantity's name
_ODD = re.compile(r"[^A-Za-z0-9_-]+")


class SeriesPart(Enum):
    """A part of a family by the end of its samples' name."""

    PLAIN = ""
    BUCKET = "_bucket"
    SUM = "_sum"
    COUNT = "_count"


@dataclass(frozen=True, kw_only=True)
class Selector:
    """A series by name and labels; labels that are not named may have any value.

    `by`: labels by whose values it is told apart, instead of being one sum. `absent`: the value of
    a counter that is not there, where others of its family are; None where nobody knows.
    """

    name: str
    labels: Mapping[str, str]
    by: Sequence[str] = ()
    absent: float | None = None

    @classmethod
    def parse(cls, text: str, by: Sequence[str] = (), *, absent: float | None = None) -> Selector:
        """Parse `name{label="value"}` or `{"name",label="value"}`. Raises `InvalidFile`."""
        try:
            sample = exposition.series(text)
        except exposition.NotASample as error:
            problem = Problem(where=f"scrape: {text}", what='this is no `name{label="value"}`')
            raise InvalidFile([problem]) from error
        return cls(name=sample.name, labels=sample.labels, by=tuple(by), absent=absent)

    @classmethod
    def of(cls, entry: Scraped) -> Selector:
        """The selector of an entry of a component's `scrape`. Raises `InvalidFile`."""
        written = scraped(entry)
        return cls.parse(written.series, written.sum_by, absent=written.absent)

    def matches(self, labels: Mapping[str, str]) -> bool:
        return all(labels.get(name, "") == value for name, value in self.labels.items())

    def is_of_family(self, labels: Mapping[str, str]) -> bool:
        """Whether a series of its name is told apart by the same labels, whatever their values."""
        return all(labels.get(name) for name in self.labels)

    def key(self, alias: str, labels: Mapping[str, str]) -> str:
        """The alias, with the values of `by` after it: `retries.deployment`."""
        if not self.by:
            return alias
        values = (_ODD.sub("_", labels.get(name, "")) or "none" for name in self.by)
        return f"{alias}.{'.'.join(values)[:LONGEST_GROUP]}"


def alias_of(key: str) -> str:
    """The alias of a key, which has no dots of its own."""
    return key.partition(".")[0]


def by_sample_name(
    selectors: Mapping[str, Selector],
) -> Mapping[str, Sequence[tuple[str, SeriesPart]]]:
    """Name of samples → the aliases that want them, and as what."""
    found: dict[str, list[tuple[str, SeriesPart]]] = defaultdict(list)
    for alias, selector in selectors.items():
        for part in SeriesPart:
            found[selector.name + part.value].append((alias, part))
    return found
