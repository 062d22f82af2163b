"""Two providers in a terminal: how many metrics agree, then a table for each case."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import groupby

from rich.console import RenderableType
from rich.text import Text

from loadstone.model.similar import Likeness, Similarity, SimilarRow
from loadstone.report.common.plain import plain
from loadstone.report.common.screen import STYLES, columns, indented, mark, printed
from loadstone.report.common.tones import Tone
from loadstone.report.similar import wording

TONES = {
    Likeness.SAME: Tone.GOOD,
    Likeness.AGREES: Tone.GOOD,
    Likeness.DIFFERS: Tone.BAD,
    Likeness.OPEN: Tone.UNSURE,
    Likeness.MISSING: Tone.VOID,
}


def render(found: Similarity, *, width: int) -> str:
    """The report as text, lines at most `width` columns."""
    return printed(_parts(found), width=width, colour=False)


def _parts(found: Similarity) -> Iterable[RenderableType]:
    yield Text(plain(wording.title(found)), "bold")
    yield indented(wording.headline(found))
    yield indented(wording.about(), "dim")
    for case, rows in groupby(found.rows, lambda row: row.case):
        yield _table(found, case, list(rows))
    yield Text("")
    yield indented(plain(" · ".join(wording.footer(found))), "dim")


def _table(found: Similarity, case: str, rows: list[SimilarRow]) -> RenderableType:
    first, second = found.providers
    table = columns(plain(case), "metric", (first, second, "change", "so"))
    for row in rows:
        tone = TONES[row.likeness]
        said = Text(wording.says(row), STYLES[tone])
        table.add_row(mark(tone), row.metric.name, *wording.values(row), wording.ratio(row), said)
    return table
