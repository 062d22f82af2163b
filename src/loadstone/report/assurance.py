"""How sure a report is: its intervals, its false alarms, and what it would have found."""

from __future__ import annotations

import statistics
from collections.abc import Sequence

from loadstone.model import Verdict
from loadstone.report import units
from loadstone.report.findings import Findings

_QUIET = (Verdict.UNCHANGED, Verdict.INCONCLUSIVE)


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
    quiet = [item for item in found.rows if item.gated and item.verdict in _QUIET]
    known = sorted(
        item.comparison.detectable for item in quiet if item.comparison.detectable is not None
    )
    if known:
        parts.append(_detectable(known, found.judgement.policy.power))
    return " ".join(parts)


def _detectable(known: Sequence[float], power: float) -> str:
    """`known`: the detectable changes of the gated rows in which none was found, rising."""
    half, every = units.percent(statistics.median(known)), units.percent(known[-1])
    start = f"With {units.percent(power)} power these rounds find a change of {half}"
    if half == every:
        return f"{start}."
    rows = units.count(len(known), "row")
    return f"{start} in half of the {rows} without a finding, and of {every} in all of them."
