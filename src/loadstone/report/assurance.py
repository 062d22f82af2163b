"""How sure a report is: its intervals, its false alarms, and what it would have found."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model import Comparison, Verdict
from loadstone.report import sight, units
from loadstone.report.findings import Findings


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
    quiet = sight.quiet(item.comparison for item in found.rows)
    if quiet:
        parts.append(_detectable(quiet, found))
    return " ".join(parts)


def _detectable(quiet: Sequence[Comparison], found: Findings) -> str:
    """In how many of the quiet rows a change as small as the margin would have been found."""
    power = units.percent(found.judgement.policy.power)
    precise = sum(sight.precise(each) for each in quiet)
    rows = units.count(len(quiet), "gated row")
    whole = precise == len(quiet)
    who = f"All {rows} without a finding" if whole else f"Of {rows} without a finding, "
    if not whole:
        who += str(precise or "none")
    rest = "" if whole else f"; {_worst(quiet, found)}"
    size = f"a change as large as their margin ({power} power)"
    return f"{who} would have shown {size}{rest}."


def _worst(quiet: Sequence[Comparison], found: Findings) -> str:
    worst = max(quiet, key=lambda each: (not sight.precise(each), each.detectable or 0.0))
    row = next(item for item in found.rows if item.comparison is worst)
    return f"least certain is {row.title} in {row.short}, where {sight.sentence(worst)}"
