"""Statistical assurance of a report: its intervals, false alarms, and detectable changes."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model import Comparison, Verdict
from loadstone.report.common import units
from loadstone.report.comparison import detectable
from loadstone.report.comparison.findings import Findings


def sentences(found: Findings) -> str:
    """Plain sentences; none for numbers that cannot be trusted."""
    if found.judgement.verdict is Verdict.INVALID:
        return ""
    levels = {item.comparison.change.level for item in found.changed if item.comparison.change}
    parts = [f"Brackets are {units.percent(levels.pop())} intervals."] if len(levels) == 1 else []
    parts.append(
        "On two equal revisions a report flags anything with a chance of at most "
        f"{units.percent(found.judgement.alpha)}."
    )
    quiet = detectable.quiet(item.comparison for item in found.rows)
    if any(map(detectable.known, quiet)):
        parts.append(_detectable(quiet, found))
    return " ".join(parts)


def _detectable(quiet: Sequence[Comparison], found: Findings) -> str:
    """In how many of the quiet rows a change as small as the margin would have been found."""
    known = [each for each in quiet if detectable.known(each)]
    power = units.percent(found.judgement.policy.power)
    precise = sum(map(detectable.precise, known))
    rows = units.count(len(quiet), "gated row")
    size = f"would have shown a change as large as their margin ({power} power)"
    if precise == len(quiet):
        return f"All {rows} without a finding {size}."
    parts = [f"Of {rows} without a finding, {precise or 'none'} {size}"]
    if len(known) < len(quiet):
        parts.append(f"of {len(quiet) - len(known)} it is not known")
    if precise < len(known):
        parts.append(_worst(known, found))
    return "; ".join(parts) + "."


def _worst(known: Sequence[Comparison], found: Findings) -> str:
    worst = max(known, key=lambda each: (not detectable.precise(each), each.detectable or 0.0))
    row = next(item for item in found.rows if item.comparison is worst)
    return f"least certain is {row.title} in {row.short}, where {detectable.sentence(worst)}"
