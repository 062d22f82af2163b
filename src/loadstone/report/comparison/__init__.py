"""The report of a comparison, in words and pictures. Pure: a value goes in, a text comes out.

`view.py` holds what a report says, `build.py` takes it from a record, and each format shows that
one value: `console.py`, `page.py` (HTML), `junit_xml.py` (JUnit), and `report.comment` (Markdown).
The functions here are the whole interface; each imports only what its format needs. `saved` is the
directory of the record, for the commands that a report names.
"""

from __future__ import annotations

from collections.abc import Mapping

from loadstone.model import Record
from loadstone.report.common.commands import SAVED


def terminal(record: Record, *, width: int = 100, colour: bool = False, saved: str = SAVED) -> str:
    """The report for a terminal `width` columns wide, with ANSI colours if `colour`."""
    from loadstone.report.comparison import build, console

    return console.render(build.view(record, saved=saved), width=width, colour=colour)


def summary_line(record: Record) -> str:
    """The verdict in one line of at most 140 characters, as a commit status takes it."""
    from loadstone.report.comparison import build, console

    return console.summary_line(build.view(record))


def html(record: Record, *, flames: Mapping[str, str] | None = None, saved: str = SAVED) -> str:
    """The report as one self-contained page with pictures, which loads nothing.

    `flames`: title → SVG, made by us (`loadstone.profiles.flame`): it becomes part of the page as
    it is.
    """
    from loadstone.report.comparison import build, page

    return page.render(build.view(record, saved=saved), flames=flames)


def junit(record: Record) -> str:
    """The report as JUnit XML, a test case per case and metric."""
    from loadstone.report.comparison import build, junit_xml

    return junit_xml.render(build.view(record))
