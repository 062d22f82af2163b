"""Which pictures a report shows, and in which order."""

from __future__ import annotations

from loadstone.report.pictures import Gallery
from loadstone.report.view import View


def galleries(view: View) -> tuple[Gallery, ...]:
    """Every kind that has something to show."""
    del view
    return ()
