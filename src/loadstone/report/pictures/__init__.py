"""Pictures of reports as inline SVG, drawn once for light and dark.

A module for each kind of picture; `canvas.py` turns a figure into SVG whose colours are CSS
variables. Which pictures a report shows, its own `gallery.py` chooses.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


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
