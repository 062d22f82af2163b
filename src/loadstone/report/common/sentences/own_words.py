"""Notes of older releases, which were worded where they were made: their figures are in the words.

Newer notes have their figures as data, see `filling`.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

_UNITS = {
    "": 1.0,
    "ns": 1e-9,
    "µs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "%": 1.0,
    "KiB": 2.0**10,
    "MiB": 2.0**20,
    "GiB": 2.0**30,
}
_FIGURE = re.compile(r"(\d+(?:[.,]\d+)*)(?: (ns|µs|ms|s|%|KiB|MiB|GiB)(?!\w))?")


def likeness(text: str) -> str:
    """The text without its figures: what is alike in this is said once."""
    return _FIGURE.sub("#", text)


def spanned(texts: Sequence[str]) -> str:
    """One text for several: where their figures differ, the smallest and the largest.

    Texts that are not alike otherwise are passed over: the first one counts.
    """
    shape = likeness(texts[0])
    rows = [list(_FIGURE.finditer(text)) for text in texts if likeness(text) == shape]
    parts = _FIGURE.split(texts[0])[::3]
    figures = [_span([row[place] for row in rows]) for place in range(len(parts) - 1)]
    return "".join(part + figure for part, figure in zip(parts, [*figures, ""], strict=True))


def _span(figures: Sequence[re.Match[str]]) -> str:
    low, high = min(figures, key=_size), max(figures, key=_size)
    if low.group() == high.group():
        return low.group()
    same = low.group(2) == high.group(2)
    return f"{low.group(1) if same else low.group()}–{high.group()}"


def _size(figure: re.Match[str]) -> float:
    try:
        return float(figure.group(1).replace(",", "")) * _UNITS[figure.group(2) or ""]
    except ValueError:  # a version, or an address: not a figure
        return 0.0
