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
    """Aliases that are no names, texts that are no series, labels that cannot be added up by."""
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


def _is_series(text: str) -> bool:
    try:
        exposition.series(text)
    except exposition.NotASample:
        return False
    return True
