"""Finds series on a Prometheus page. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families

from loadstone.errors import InvalidFile, Problem


@dataclass(frozen=True, kw_only=True)
class Selector:
    """A series by name and labels; labels that are not named may have any value."""

    name: str
    labels: Mapping[str, str]

    @classmethod
    def parse(cls, text: str) -> Selector:
        """From `name{label="value"}`. Raises `InvalidFile`."""
        try:
            samples = [
                sample
                for family in text_string_to_metric_families(f"{text} 0\n")
                for sample in family.samples
            ]
            (sample,) = samples
        except (ValueError, KeyError, IndexError) as error:
            problem = Problem(where=f"scrape: {text}", what='this is no `name{label="value"}`')
            raise InvalidFile([problem]) from error
        return cls(name=sample.name, labels=sample.labels)


def select(page: str, selectors: Mapping[str, Selector]) -> dict[str, float]:
    """The sum of the series that each selector matches, by alias; absent where there is none.

    Lines that do not parse are passed over: one odd metric must not hide the others.
    """
    names = tuple({selector.name for selector in selectors.values()})
    found: dict[str, float] = {}
    for line in page.splitlines():
        if line.startswith(names):
            for alias, selector in selectors.items():
                value = _value(line, selector)
                if value is not None:
                    found[alias] = found.get(alias, 0.0) + value
    return found


def _value(line: str, selector: Selector) -> float | None:
    if not line.startswith(selector.name):
        return None
    try:
        families = list(text_string_to_metric_families(line + "\n"))
    except ValueError:
        return None
    for family in families:
        for sample in family.samples:
            if sample.name == selector.name and selector.labels.items() <= sample.labels.items():
                return float(sample.value)
    return None
