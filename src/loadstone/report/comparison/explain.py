"""The explanation of a row: every round of both sides, and each step from there to the verdict.

The numbers are those that the judge kept beside the row (`Comparison.explain`), so nothing is
computed anew and the words cannot disagree with the verdict.
"""

from __future__ import annotations

from collections.abc import Iterator

from loadstone.model import Comparison, Note, Record, Side
from loadstone.model.reasons import FAILED_RUNS, failed
from loadstone.report.common import bounds, units
from loadstone.report.common.plain import plain
from loadstone.report.common.sentences import OWN, sentence
from loadstone.report.comparison.explain_steps import log_percent, verdict_steps, wrapped
from loadstone.report.comparison.lookup import row
from loadstone.report.comparison.round_picture import picture


def explain(record: Record, case: str, metric: str) -> str:
    """The explanation of one row. Raises what `row` raises."""
    found = row(record, case, metric)
    parts = (
        _headline(found),
        "\n".join(_rounds(record, found)),
        "\n".join(picture(found)),
        "\n".join(verdict_steps(found)),
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


def _metric(note: Note) -> str:
    """The metric that a note of a plan is about; older ones began with it."""
    return str(note.data.get("metric") or str(note.data.get(OWN, "")).split(" ")[0])


def _headline(found: Comparison) -> str:
    title = plain(found.metric.title or found.metric.name)
    where = plain(found.case) or "all cases"
    change = units.change(bounds.within(found).change)
    return f"{title}, {where}: {found.verdict} {change}".rstrip()


def _rounds(record: Record, found: Comparison) -> Iterator[str]:
    """A line per round: both values, what head is to base, and how much the pair counts."""
    yield f"{'round':>5}  {'base':>12}  {'head':>12}  {'change':>9}  {'weight':>6}"
    sides = {side: _values(record, found, side) for side in Side}
    numbers = found.explain
    ratios = dict(zip(numbers.get("rounds", ()), numbers.get("ratios", ()), strict=False))
    weights = dict(zip(numbers.get("rounds", ()), numbers.get("weights", ()), strict=False))
    for number in sorted({*sides[Side.BASE], *sides[Side.HEAD], *ratios}):
        base, head = (sides[side].get(number) for side in Side)
        shown = units.quantities(found.metric.unit, [base, head])
        change = log_percent(ratios.get(number))
        weight = weights.get(number)
        counts = "" if weight is None else f"{weight:.2f}"
        line = f"{number:>5}  {shown[0]:>12}  {shown[1]:>12}  {change:>9}  {counts:>6}"
        yield line.rstrip()


def _values(record: Record, found: Comparison, side: Side) -> dict[int, float]:
    """Round → value of the valid runs of one side; nothing for a suite row."""
    name = found.metric.name
    if name == FAILED_RUNS:
        mine = [run for run in record.runs if run.case == found.case and run.side is side]
        return {run.round: float(failed(run)) for run in mine}
    return {
        run.round: run.values[name]
        for run in record.runs
        if run.case == found.case and run.side is side and run.valid and name in run.values
    }
