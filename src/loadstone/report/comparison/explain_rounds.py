"""The rounds of a row in its explanation: both values of each, and how they were paired."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from loadstone.model import Comparison, Record, Run, Side
from loadstone.model.reasons import FAILED_RUNS, failed
from loadstone.report.common import units
from loadstone.report.common.paired_runs import alone, judged, mixed
from loadstone.report.comparison import profiled_rounds
from loadstone.report.comparison.explain_steps import log_percent
from loadstone.report.comparison.solo_and_mixed import explained

Values = Mapping[Side, Mapping[int, float]]


def rounds(record: Record, found: Comparison) -> Iterator[str]:
    """A line per round: both values, what head is to base, and how much the pair counts.

    Of a mixed case also which lane each side had and which was started first, and the solo rounds
    apart, which are not judged by.
    """
    at_once = found.case in mixed(record.plan)
    runs = judged(record, found.case)
    if found.metric.name == FAILED_RUNS:  # runs of either design may fail
        runs, at_once = [run for run in record.runs if run.case == found.case], False
    pairing = _pairing(runs) if at_once else {}
    between = f"  {'lanes':>5}  {'first':>5}" if at_once else ""
    yield f"{'round':>5}  {'base':>12}  {'head':>12}{between}  {'change':>9}  {'weight':>6}"
    sides = _values(runs, found)
    numbers = found.explain
    ratios = dict(zip(numbers.get("rounds", ()), numbers.get("ratios", ()), strict=False))
    weights = dict(zip(numbers.get("rounds", ()), numbers.get("weights", ()), strict=False))
    for number in sorted({*sides[Side.BASE], *sides[Side.HEAD], *ratios}):
        weight = weights.get(number)
        counts = "" if weight is None else f"{weight:.2f}"
        lanes, first = pairing.get(number, ("", ""))
        paired = f"  {lanes:>5}  {first:>5}" if at_once else ""
        change = log_percent(ratios.get(number))
        line = f"{_both(found, sides, number)}{paired}  {change:>9}  {counts:>6}"
        yield line.rstrip()
    yield from _apart(record, found)
    yield from profiled_rounds.explained(record.judgement, found.case, found.metric.name)


def _both(found: Comparison, sides: Values, number: int) -> str:
    shown = units.quantities(found.metric.unit, [sides[side].get(number) for side in Side])
    return f"{number:>5}  {shown[0]:>12}  {shown[1]:>12}"


def _apart(record: Record, found: Comparison) -> Iterator[str]:
    """The solo rounds of a mixed case, and what the levels of both designs are."""
    if found.metric.name == FAILED_RUNS:
        return
    sides = _values(alone(record, found.case), found)
    numbers = sorted({*sides[Side.BASE], *sides[Side.HEAD]})
    if not numbers:
        return
    yield ""
    yield "solo rounds, one side after the other: for absolute values, not for the change"
    yield from (_both(found, sides, number).rstrip() for number in numbers)
    yield from explained(record.judgement, found.case, found.metric.name)


def _pairing(runs: Sequence[Run]) -> dict[int, tuple[str, str]]:
    """Round → the lanes of base and head, and which of them was started first."""
    pairs: dict[int, dict[Side, Run]] = {}
    for run in runs:
        pairs.setdefault(run.round, {})[run.side] = run
    return {
        number: (
            " ".join(str(pair[side].lane) if side in pair else "–" for side in Side),
            min(pair.values(), key=lambda run: run.order).side.value if len(pair) > 1 else "",
        )
        for number, pair in pairs.items()
    }


def _values(runs: Sequence[Run], found: Comparison) -> Values:
    """Side → round → value of the valid runs; nothing for a suite row."""
    name = found.metric.name
    sides: dict[Side, dict[int, float]] = {side: {} for side in Side}
    for run in runs:
        if name == FAILED_RUNS:
            sides[run.side][run.round] = float(failed(run))
        elif run.valid and name in run.values:
            sides[run.side][run.round] = run.values[name]
    return sides
