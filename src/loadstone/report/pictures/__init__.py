"""Pictures of a report as inline SVG, drawn once for light and dark.

`gallery` chooses and orders them; each kind has a module: `percentiles.py`, `rounds.py`, `drift.py`
and `functions.py`. `canvas.py` turns a figure into SVG whose colours are CSS variables.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.report.comparison.view import ComparisonView


@dataclass(frozen=True, kw_only=True)
class Picture:
    """One picture. `svg` is safe to put into a page as it is."""

    title: str
    caption: str
    svg: str


@dataclass(frozen=True, kw_only=True)
class Gallery:
    """Pictures of one kind, with what a reader needs to read them."""

    name: str  # a word, for links inside the page
    title: str
    about: str
    pictures: Sequence[Picture]
    left_out: int = 0
    legend: bool = True  # of the two sides


def gallery(view: ComparisonView) -> tuple[Gallery, ...]:
    """The pictures of a view, by kind; a kind without a picture is left out."""
    from loadstone.report.pictures import choose

    return choose.galleries(view)
