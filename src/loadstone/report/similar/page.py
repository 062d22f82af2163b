"""Two providers as Markdown: the same lines as in a terminal."""

from __future__ import annotations

from itertools import groupby

from loadstone.model.similar import Similarity, SimilarRow
from loadstone.report.common.escape import cell, text
from loadstone.report.common.markdown_table import table
from loadstone.report.similar import wording


def markdown(found: Similarity) -> str:
    """The report as Markdown."""
    parts = [f"## {text(wording.title(found))}", wording.headline(found), wording.about()]
    for case, rows in groupby(found.rows, lambda row: row.case):
        parts += [f"### {text(case)}", _table(found, list(rows))]
    parts.append(f"<sub>{text(' · '.join(wording.footer(found)))}</sub>")
    return "\n\n".join(parts) + "\n"


def _table(found: Similarity, rows: list[SimilarRow]) -> str:
    first, second = found.providers
    lines = [
        [
            cell(row.metric.name),
            *(cell(each) for each in wording.values(row)),
            cell(wording.ratio(row)),
            cell(wording.says(row)),
        ]
        for row in rows
    ]
    return str(table(("metric", first, second, "change", "so"), lines, numbers=(1, 2, 3)))
