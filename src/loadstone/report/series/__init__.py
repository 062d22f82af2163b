"""The report of series of records: what changed between which revisions. Pure.

`view.py` holds what such a report says, `build.py` takes it from the series, `console.py` and
`page.py` show it.
"""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model.series import Series

RECENT = 10  # records in which a regression is news


def terminal(
    series: Sequence[Series], *, recent: int = RECENT, width: int = 100, colour: bool = False
) -> str:
    """The report for a terminal `width` columns wide, with ANSI colours if `colour`."""
    from loadstone.report.series import build, console

    return console.render(build.view(series, recent=recent), width=width, colour=colour)


def markdown(series: Sequence[Series], *, recent: int = RECENT) -> str:
    """The report as an issue or a step summary shows it, in at most 60,000 characters."""
    from loadstone.report.series import build, page

    return page.markdown(build.view(series, recent=recent))


def html(series: Sequence[Series], *, recent: int = RECENT) -> str:
    """The report as one self-contained page with pictures, which loads nothing."""
    from loadstone.report.series import build, page

    return page.html(build.view(series, recent=recent))
