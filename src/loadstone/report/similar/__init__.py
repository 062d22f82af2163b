"""The report on two providers, in words: what agrees, and within what. Pure."""

from __future__ import annotations

from loadstone.model.similar import Similarity


def terminal(found: Similarity, *, width: int = 100) -> str:
    """The report for a terminal `width` columns wide."""
    from loadstone.report.similar import console

    return console.render(found, width=width)


def markdown(found: Similarity) -> str:
    """The report as Markdown."""
    from loadstone.report.similar import page

    return page.markdown(found)
