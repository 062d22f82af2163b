"""The sizes of a search as rows: what the runs of each came to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from math import exp
from statistics import median

from loadstone.model import Bracket, SizeResult, SizeRun
from loadstone.report.common import units
from loadstone.report.common.metrics import title
from loadstone.report.common.plain import plain
from loadstone.report.common.tones import Tone
from loadstone.report.redline.view import SizeRow
from loadstone.report.redline.wording import SAID, RedlineFindings, told

_SILENT = ("generator", "upstream", "invalid")


def step_row(found: RedlineFindings, bracket: Bracket, step: SizeResult) -> SizeRow:
    """One size on one side."""
    silent = sum(each.excess is None for each in step.trials)
    runs = f"{len(step.trials)}, {silent} say nothing" if silent else f"{len(step.trials)}"
    return SizeRow(
        side=bracket.side.value,
        size=found.size(step.size),
        tone=SAID.get(step.said, Tone.VOID),
        says=step.said,
        runs=runs,
        worst=_worst(found, step.trials),
        note=_note(step),
    )


def _worst(found: RedlineFindings, trials: Sequence[SizeRun]) -> str:
    """The objective that most runs were nearest to, with the middle and the ends of its ratios."""
    names = Counter(each.metric for each in trials if each.metric).most_common(1)
    if not names:
        return ""
    own = [each for each in trials if each.metric == names[0][0]]
    metric = found.metrics.get(own[0].metric)
    shown = plain(title(metric) if metric else own[0].metric)
    middle = median(each.values[each.metric] for each in own)
    value = units.quantity(metric.unit if metric else "1", middle)
    ratios = sorted(exp(each.excess or 0.0) for each in own)
    if ratios[0] < 1e-4 or ratios[-1] > 1e4:  # a bound of 0 has no ratio
        return f"{shown} {value}"
    low, center, high = (_times(each) for each in (ratios[0], median(ratios), ratios[-1]))
    spread = f" ({low} to {high})" if low != high else ""
    return f"{shown} {value}, {center} of the bound{spread}"


def _times(ratio: float) -> str:
    return f"×{units.figure(ratio, 2 if ratio < 10 else 0)}"


def _note(step: SizeResult) -> str:
    """Of runs that failed or say nothing: how many, and why the last one did."""
    parts = []
    for outcomes, what in ((("failed",), "failed"), (_SILENT, "say nothing")):
        own = [each for each in step.trials if each.outcome in outcomes]
        if own:
            many = "all" if len(own) == len(step.trials) else f"{len(own)}"
            parts.append(f"{many} {what}: {told(own[-1])}")
    return "; ".join(parts)
