"""Semantic checks of `scrape`, in components and in presets: aliases and series."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from loadstone.errors import Problem
from loadstone.formats import Scraped, exposition, scraped
from loadstone.formats.yaml_text import Document, Path

_ALIAS = re.compile(r"[a-z][a-z0-9_]*")
_LABEL = re.compile(r"[a-zA-Z_][a-zA-Z0-9_]*")


def problems(
    entries: Mapping[str, Scraped], document: Document, within: Path = ()
) -> Iterator[Problem]:
    """Aliases that are no names, texts that are no series, labels that cannot be added up by.

    And counters that would be 0 where nothing on a page tells that from a name that is wrong.
    """
    for alias, entry in entries.items():
        path: Path = (*within, "scrape", alias)
        if not _ALIAS.fullmatch(alias):
            where, hint = document.where(path, key=True), "small letters, digits and _"
            yield Problem(where=where, what=f"`{alias}` is no name for an alias", hint=hint)
        spot = path if isinstance(entry, str) else (*path, "series")
        written = scraped(entry)
        if not _is_series(written.series):
            where = document.where(spot)
            hint = 'name, name{label="value"} or {"odd.name",label="value"}'
            yield Problem(where=where, what=f"`{written.series}` is no series", hint=hint)
        for index, label in enumerate(written.sum_by):
            if not _LABEL.fullmatch(label) or label in ("le", "quantile"):
                where = document.where((*path, "sum_by", index))
                yield Problem(where=where, what=f"`{label}` is no label to add up by")
        if written.absent is not None and (written.sum_by or not _labels(written.series)):
            where = document.where((*path, "absent"), key=True)
            hint = 'a counter of a label, as `name{code="500"}`, and no `sum_by`'
            yield Problem(where=where, what="nothing tells what is absent here", hint=hint)


def _is_series(text: str) -> bool:
    return _labels(text) is not None


def _labels(series: str) -> Mapping[str, str] | None:
    """The labels that a series names; None of a text that is none."""
    try:
        return exposition.series(series).labels
    except exposition.NotASample:
        return None
