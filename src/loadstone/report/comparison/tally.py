"""The tally of a report: how many rows have each verdict."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model import Verdict
from loadstone.report.common import units, words
from loadstone.report.common.rows import ReportRow
from loadstone.report.common.tones import Tone
from loadstone.report.comparison.findings import Findings
from loadstone.report.comparison.view import Chip

_ORDER = (
    Verdict.REGRESSION,
    Verdict.IMPROVEMENT,
    Verdict.UNCHANGED,
    Verdict.INCONCLUSIVE,
    Verdict.INVALID,
)


def chips(found: Findings) -> tuple[Chip, ...]:
    """A chip for each verdict that a row has, and for what was missed or not measured."""
    told = [
        chip
        for kind in _ORDER
        for gated in (True, False)
        if (chip := _chip(kind, gated, found.changed, found.rows)) is not None
    ]
    if found.missed:
        text = units.count(len(found.missed), "objective") + " missed"
        told.append(Chip(tone=Tone.BAD, text=text))
    if found.unmeasured:
        told.append(Chip(tone=Tone.VOID, text=f"{found.unmeasured} not measured"))
    return tuple(told)


def _chip(
    kind: Verdict, gated: bool, changed: Sequence[ReportRow], rows: Sequence[ReportRow]
) -> Chip | None:
    """How many rows have this verdict. What is found and not gated is told apart, in grey."""
    found = kind in (Verdict.REGRESSION, Verdict.IMPROVEMENT)
    if not found and not gated:
        return None

    def meant(item: ReportRow) -> bool:
        return item.verdict is kind and (not found or item.gated is gated)

    number = sum(meant(item) for item in rows)
    over_all = sum(meant(item) for item in changed if not item.case)
    if not number and not over_all:
        return None
    where = "" if number else " over all cases"
    how = "" if gated else " not gated"
    text = words.tally(kind, number or over_all) + where + how
    return Chip(tone=words.TONES[kind] if gated else Tone.CALM, text=text)
