"""The report of a search for redlines, in words and pictures. Pure, as that of a comparison.

`view.py` holds what such a report says and `build.py` takes it from a record; `console.py` and
`page.py` show it.
"""

from __future__ import annotations

from loadstone.model import RedlineRecord


def terminal(record: RedlineRecord, *, width: int = 100, colour: bool = False) -> str:
    """The report for a terminal `width` columns wide, with ANSI colours if `colour`."""
    from loadstone.report.redline import build, console

    return console.render(build.view(record), width=width, colour=colour)


def markdown(record: RedlineRecord) -> str:
    """The report as a pull request shows it."""
    from loadstone.report.redline import build, page

    return page.markdown(build.view(record))


def html(record: RedlineRecord) -> str:
    """The report as one self-contained page with pictures, which loads nothing."""
    from loadstone.report.redline import build, page

    return page.html(build.view(record))
