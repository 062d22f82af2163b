"""The explanation of a row: every round of both sides, and each step from there to the verdict.

The numbers are those that the judge kept beside the row (`Comparison.explain`), so nothing is
computed anew and the words cannot disagree with the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.model import CasePlan, Comparison, Note, Record
from loadstone.report.common import bounds, units
from loadstone.report.common.notes import gathered
from loadstone.report.common.plain import plain
from loadstone.report.common.sentences import OWN, sentence
from loadstone.report.comparison.explain_adjusted import adjusted
from loadstone.report.comparison.explain_rounds import rounds
from loadstone.report.comparison.explain_steps import verdict_steps, wrapped
from loadstone.report.comparison.lookup import row
from loadstone.report.comparison.round_picture import picture

_QUERY = "promql."  # what a quantity begins with that a Prometheus is asked for
_OF_ALL = frozenset({"prometheus-clock", "series-kept", "series-left-out"})


def explain(record: Record, case: str, metric: str) -> str:
    """The explanation of one row. Raises what `row` raises."""
    found = row(record, case, metric)
    parts = (
        _headline(found),
        "\n".join(rounds(record, found)),
        "\n".join(picture(found)),
        "\n".join(verdict_steps(found)),
        "\n".join(adjusted(found)),
        "\n".join(wrapped(f"note: {text}") for text in _notes(record, found)),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _notes(record: Record, found: Comparison) -> Iterator[str]:
    """What the judge warns of, and why the plan has this metric not gated."""
    yield from map(sentence, found.warnings)
    for plan in record.plan.cases:
        if plan.case.name == found.case:
            told = (note for note in plan.notes if _metric(note) == found.metric.name)
            yield from map(sentence, told)
            yield from _of_queries(record, found, plan)


def _of_queries(record: Record, found: Comparison, plan: CasePlan) -> Iterator[str]:
    """What runs say of the queries that this metric is taken from, and where their series are."""
    source = plan.sources.get(found.metric.name)
    asked = (source.quantity, source.per) if source else ()
    aliases = {name.removeprefix(_QUERY) for name in asked if name.startswith(_QUERY)}
    told = [
        note
        for run in record.runs
        if aliases and run.case == found.case
        for note in run.notes
        if note.code in _OF_ALL or note.data.get("alias") in aliases
    ]
    yield from gathered(told, "run")


def _metric(note: Note) -> str:
    """The metric that a note of a plan is about; older ones began with it."""
    return str(note.data.get("metric") or str(note.data.get(OWN, "")).split(" ")[0])


def _headline(found: Comparison) -> str:
    title = plain(found.metric.title or found.metric.name)
    where = plain(found.case) or "all cases"
    change = units.change(bounds.within(found).change)
    return f"{title}, {where}: {found.verdict} {change}".rstrip()
