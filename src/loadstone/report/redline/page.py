"""Redlines as Markdown and as one self-contained HTML page."""

from __future__ import annotations

from loadstone.report.common import html_page, words
from loadstone.report.common import markdown as frame
from loadstone.report.redline.gallery import galleries
from loadstone.report.redline.view import RedlineView


def markdown(view: RedlineView) -> str:
    """The view as Markdown. Every expression of the template is escaped."""
    template = frame.environment().get_template("redline.md.jinja")
    return frame.tidy(template.render(view=view, emoji=words.EMOJI))


def html(view: RedlineView) -> str:
    """The view as a page with its pictures; it loads and runs nothing."""
    template = html_page.environment().get_template("redline.html.jinja")
    text = template.render(
        view=view, galleries=galleries(view), glyph=words.GLYPH, policy=html_page.POLICY
    )
    return html_page.with_contents(text)
