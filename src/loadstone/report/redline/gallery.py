"""The pictures of a search for redlines, as a gallery."""

from __future__ import annotations

from loadstone.report.pictures import Gallery, search_order, sizes
from loadstone.report.pictures.size_dots import dots_of
from loadstone.report.redline.view import RedlineView


def galleries(view: RedlineView) -> tuple[Gallery, ...]:
    """The pictures of a search; none without a run."""
    brackets, search = view.record.redlines.brackets, view.record.plan.search
    dots = [dot for each in brackets for dot in dots_of(each)]
    if search is None or not dots:
        return ()
    about = (
        "A dot is one run on a freshly started component. × is a run that failed, ○ one that says"
        " nothing of the component."
    )
    return (
        Gallery(
            name="runs",
            title="Every run",
            about=about,
            pictures=[*sizes.nearness(brackets, search, dots), search_order.picture(search, dots)],
            legend=bool(view.base),
        ),
    )
