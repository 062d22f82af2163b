"""The report as one self-contained HTML page: no scripts, no network, light and dark."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from jinja2 import Template

from loadstone.report.common import words
from loadstone.report.common.html_page import POLICY, environment, with_contents
from loadstone.report.comparison import detectable
from loadstone.report.comparison.gallery import galleries
from loadstone.report.comparison.view import ComparisonView
from loadstone.report.pictures import Gallery
from loadstone.report.pictures.limit import MOST, fitted


def render(
    view: ComparisonView,
    *,
    flames: Mapping[str, str] | None = None,
    most: int = MOST,
    pictures: Sequence[Gallery] | None = None,
) -> str:
    """The view as a page of less than `most` bytes, which pictures give way to, and rows never.

    `flames`: title → SVG, part of the page as it is. `pictures`, when they are drawn already.
    """
    drawn = galleries(view) if pictures is None else pictures
    page = fitted(drawn, lambda kinds: _written(view, kinds, flames or {}), most=most)
    return page or _written(view, (), {})


def _written(view: ComparisonView, pictures: Sequence[Gallery], flames: Mapping[str, str]) -> str:
    page = _template().render(
        view=view,
        galleries=pictures,
        flames=flames,
        glyph=words.GLYPH,
        policy=POLICY,
        sight=detectable,
    )
    return with_contents(page)


@cache
def _template() -> Template:
    return environment().get_template("page.html.jinja")
