"""Why a shape or a growth got its verdict: every round, and each step from there, in plain text."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from statistics import median
from textwrap import fill
from typing import Any, TypeVar

from loadstone.errors import UsageError
from loadstone.model import Estimate, Growth, Record, Shape, Side
from loadstone.report.common import units
from loadstone.report.common.plain import plain
from loadstone.report.common.sentences import sentence
from loadstone.report.comparison.rows import title
from loadstone.report.comparison.scaling import (
    GROWING,
    SUPERLINEAR,
    exponent,
    exponent_change,
    growth_change,
    interval,
    sizes,
)

T = TypeVar("T", Shape, Growth)
_COLUMNS = 100  # of the text
_FOLLOWS = "a row of it was flagged, so it is tested among such shapes"
_ALONE = "no row of it was flagged, so it is tested in a family that may spend a tenth of α"


def shape(record: Record, case: str, metric: str, axis: str) -> Shape:
    """The shape of a metric over an axis; `case` is its scenario, or a part of a case of it.

    Raises `UsageError` with what there is when nothing or more than one fits.
    """
    known = record.judgement.shapes if record.judgement else ()
    found = [
        each
        for each in known
        if (each.axis, each.metric.name) == (axis, metric)
        and any(case in name for name in each.cases)
    ]
    return _only(
        found,
        f"shape of `{plain(metric)}` over `{plain(axis)}` in `{plain(case)}`",
        [f"{each.cases[-1]} {each.metric.name} --over {each.axis}" for each in found or known],
    )


def growth(record: Record, case: str, series: str) -> Growth:
    """The growth of a series, or of the metric that is its slope. Raises `UsageError` likewise."""
    known = record.judgement.growth if record.judgement else ()
    found = [
        each for each in known if case in each.case and series in (each.series, each.metric.name)
    ]
    return _only(
        found,
        f"growth of `{plain(series)}` in `{plain(case)}`",
        [f"{each.case} {each.series} --growth" for each in found or known],
    )


def _only(found: Sequence[T], what: str, there: Sequence[str]) -> T:
    if len(found) == 1:
        return found[0]
    named = "; ".join(map(plain, there[:12])) or "nothing: see docs/how-to/sizes-and-growth.md"
    raise UsageError(
        f"{'no' if not found else 'more than one'} {what}", next_step=f"there is: {named}"
    )


def explain_shape(record: Record, found: Shape) -> str:
    """The whole story of one shape."""
    what = f"{title(found.metric)} over {plain(found.axis)}, {plain(found.scenario)}"
    parts = (
        f"{what}: {found.verdict} {exponent_change(found.difference)}",
        "\n".join(_sizes(record, found, found.metric.unit)),
        "\n".join(_rounds(found.explain, _two_decimals)),
        "\n".join(_numbered(_shape_steps(found))),
        "\n".join(_notes(found)),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def explain_growth(found: Growth) -> str:
    """The whole story of one growth."""
    unit = found.metric.unit
    what = f"growth of {plain(found.series)}, {plain(found.case)}"
    parts = (
        f"{what}: {found.verdict} {growth_change(found)}",
        "\n".join(_rounds(found.explain, lambda *two: units.quantities(unit, two))),
        "\n".join(_numbered(_growth_steps(found))),
        "\n".join(_notes(found)),
    )
    return "\n\n".join(part for part in parts if part) + "\n"


def _notes(found: Shape | Growth) -> Iterator[str]:
    """The warnings that the steps do not say already."""
    for warn in found.warnings:
        if warn.code not in (GROWING, SUPERLINEAR):
            yield _wrapped(f"note: {sentence(warn)}")


def _sizes(record: Record, found: Shape, unit: str) -> Iterator[str]:
    """A line per size: the median cost of both sides, and what head is to base."""
    yield f"{plain(found.axis):>10}  {'base':>12}  {'head':>12}  {'change':>9}"
    for size, case in zip(found.sizes, found.cases, strict=False):
        base, head = (_median(record, found, case, side) for side in Side)
        shown = units.quantities(unit, [base, head])
        change = units.percent(head / base - 1, signed=True) if base and head is not None else ""
        yield f"{units.exact('1', size):>10}  {shown[0]:>12}  {shown[1]:>12}  {change:>9}".rstrip()


def _median(record: Record, found: Shape, case: str, side: Side) -> float | None:
    name = found.metric.name
    values = [
        run.values[name]
        for run in record.runs
        if run.case == case and run.side is side and run.valid and name in run.values
    ]
    return median(values) if values else None


def _rounds(numbers: Any, shown: Any) -> Iterator[str]:
    """A line per round: what each side came to."""
    yield f"{'round':>10}  {'base':>12}  {'head':>12}"
    sides = (numbers.get("base", ()), numbers.get("head", ()))
    for number, base, head in zip(numbers.get("rounds", ()), *sides, strict=False):
        first, second = shown(base, head)
        yield f"{number:>10}  {first:>12}  {second:>12}"


def _two_decimals(*values: float | None) -> list[str]:
    return [units.UNKNOWN if value is None else units.figure(value, 2) for value in values]


def _shape_steps(found: Shape) -> Iterator[str]:
    yield (
        f"In every round that has all sizes, {sizes(found)}, least squares of log cost on log size "
        "give each side one exponent (above)."
    )
    if found.base and found.head and found.difference:
        yield (
            f"Their means are {exponent(found.base)} {interval(found.base)} on the base and "
            f"{exponent(found.head)} {interval(found.head)} on the head; head − base is "
            f"{exponent_change(found.difference)} over {found.difference.n} rounds (Student's "
            "95 % intervals)."
        )
    yield from _tested(found, _FOLLOWS if found.follows else _ALONE)
    yield (
        "It is a regression when it is flagged, rose by 0.05 at least (a rate: fell), and the cost "
        f"at the largest size moved the same way by more than its margin: there it changed by "
        f"{units.change(found.largest)}."
    )
    for side, line in (("base", found.base_line), ("head", found.head_line)):
        if line is not None:
            told = {True: "yes", False: "no", None: "not known"}[line.straight]
            bend = f", bend {_share(line.bend)}" if line.bend else ""
            yield f"Is it a straight line on the {side}? {told} (R² {line.r2:.3f}{bend})."
    gates = (
        "the row that was flagged gates" if found.follows else "it is reported and does not gate"
    )
    yield f"Hence: {found.verdict}; {gates}."


def _growth_steps(found: Growth) -> Iterator[str]:
    unit = found.metric.unit
    yield "A run's slope is the median of the slopes between all pairs of its points (Theil-Sen)."
    if found.base and found.head and found.difference:
        base, head = (
            units.ranged(unit, each.estimate, each.low, each.high)
            for each in (found.base, found.head)
        )
        yield (
            f"Their means are {base} on the base and {head} on the head; head − base is "
            f"{growth_change(found)} over {found.difference.n} rounds (Student's 95 % intervals)."
        )
    least = units.exact(unit, found.metric.minimum)
    for side in ("base", "head"):
        told = {True: "yes", False: "no", None: "not known"}[found.growing.get(side)]
        yield f"Does it surely grow on the {side}, by {least} or more? {told}."
    if found.row:
        yield (
            f"The slope is the metric {plain(found.metric.name)}: its row decides, and was held "
            "against the report's own threshold."
        )
    else:
        yield from _tested(found, "it is tested in a family that may spend a tenth of α")
    gates = "its row gates" if found.row and found.metric.gated else "it does not gate"
    yield f"Hence: {found.verdict}; {gates}."


def _tested(found: Shape | Growth, why: str) -> Iterator[str]:
    if found.p is None or found.threshold is None:
        return
    tests = found.explain.get("tests")
    among = f" ({units.count(tests, 'test')})" if isinstance(tests, int) else ""
    yield (
        f"If nothing had changed, a difference this large would come with probability "
        f"p = {found.p:.3g}; {why}{among}, and held against {found.threshold:.3g} "
        "(Benjamini and Hochberg)."
    )


def _share(found: Estimate) -> str:
    low, high = (units.percent(end, signed=True) for end in (found.low, found.high))
    return f"{units.percent(found.estimate, signed=True)} of the rise [{low}, {high}]"


def _numbered(lines: Iterator[str]) -> Iterator[str]:
    for number, line in enumerate(lines, start=1):
        yield _wrapped(f"{number}. {line}")


def _wrapped(line: str) -> str:
    return fill(line, width=_COLUMNS, subsequent_indent="   ")
