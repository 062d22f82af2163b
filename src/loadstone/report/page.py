"""The report as one self-contained HTML page: no scripts, no network, light and dark."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from loadstone.report import words
from loadstone.report.pictures import Gallery, gallery
from loadstone.report.view import View

# Nothing may be loaded or run, whatever a name in the record manages to smuggle in.
POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; "
    "base-uri 'none'; form-action 'none'"
)


def render(view: View) -> str:
    """The view as a page of less than 2 MB."""
    return _written(view, gallery(view))


def _written(view: View, pictures: Sequence[Gallery]) -> str:
    return _template().render(view=view, galleries=pictures, glyph=words.GLYPH, policy=POLICY)


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("loadstone.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["glue"] = _glued
    return environment.get_template("page.html.jinja")


def _glued(text: str) -> str:
    """`text` where no line ends between a number and its arrow, unit or interval."""
    return re.sub(r"(?<=[▲▼=≈\d]) (?=[%+−\[\d]|[nµm]?s\b|[KMGT]?i?B\b)", "\u00a0", text)
