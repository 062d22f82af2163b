"""Series as one self-contained page, and as Markdown for an issue or a step summary."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from loadstone.report.common import html_page, words
from loadstone.report.common import markdown as frame
from loadstone.report.pictures import Gallery
from loadstone.report.pictures.limit import MOST, fitted
from loadstone.report.series.gallery import galleries
from loadstone.report.series.view import Overview

_ROOMS = (1000, 50, 20, 8, 3, 1)  # change points of each kind, until the text is small enough


def html(view: Overview, *, most: int = MOST) -> str:
    """The view as a page of less than `most` bytes, which pictures give way to, and rows never."""
    template = html_page.environment().get_template("series.html.jinja")
    numbered = list(enumerate(view.views))
    drawn = [kind for number, each in numbered for kind in galleries(each.series, number)]

    def written(kinds: Sequence[Gallery]) -> str:
        parts = [
            (each, [kind for kind in kinds if kind.name.endswith(f"-{number}")])
            for number, each in numbered
        ]
        text = template.render(view=view, parts=parts, glyph=words.GLYPH, policy=html_page.POLICY)
        return html_page.with_contents(text)

    return fitted(drawn, written, most=most) or written(())


def markdown(view: Overview) -> str:
    """The view in at most 60,000 characters; ends with a marker by which it is found again."""
    template = frame.environment().get_template("series.md.jinja")
    text = ""
    for room in _ROOMS:
        fitting = replace(view, views=view.views[: max(room, 3)])
        left = view.views[max(room, 3) :]
        text = frame.tidy(template.render(view=fitting, left=left, room=room, emoji=words.EMOJI))
        if len(text) <= frame.MOST:
            break
    return text
