"""Redlines as Markdown and as one self-contained HTML page."""

from __future__ import annotations

import re

from loadstone.report.common import words
from loadstone.report.comparison import comment, page
from loadstone.report.pictures import sizes
from loadstone.report.redline.view import RedlineView


def markdown(view: RedlineView) -> str:
    """The view as Markdown. Every expression of the template is escaped."""
    template = comment.environment().get_template("redline.md.jinja")
    text = template.render(view=view, emoji=words.EMOJI)
    return re.sub(r"\n{3,}", "\n\n", text).strip() + "\n"


def html(view: RedlineView) -> str:
    """The view as a page with its pictures; it loads and runs nothing."""
    template = page.environment().get_template("redline.html.jinja")
    text = template.render(
        view=view, galleries=sizes.galleries(view), glyph=words.GLYPH, policy=page.POLICY
    )
    return page.with_contents(text)
