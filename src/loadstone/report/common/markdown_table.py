"""A table of Markdown, of cells that are safe already."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from tabulate import DataRow, TableFormat, tabulate

from loadstone.report.common.escape import Safe

_ROW = DataRow("| ", " | ", " |")


def table(
    header: Sequence[str], rows: Sequence[Sequence[Safe]], *, numbers: Collection[int] = ()
) -> Safe:
    """The rows under their header; the columns with these `numbers`, from 0, are right-aligned.

    No cell is padded: spaces count against the size of a comment as much as figures do.
    """
    sides = "|".join("--:" if place in numbers else "---" for place in range(len(header)))
    plain = TableFormat(
        lineabove=None,
        linebelowheader=lambda _widths, _sides: f"|{sides}|",
        linebetweenrows=None,
        linebelow=None,
        headerrow=_ROW,
        datarow=_ROW,
        padding=0,
        with_header_hide=None,
    )
    return Safe(
        tabulate(
            [[str(cell) for cell in row] for row in rows],
            headers=list(header),
            tablefmt=plain,
            disable_numparse=True,
            stralign=None,
        )
    )
