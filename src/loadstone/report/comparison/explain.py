"""Why a row got its verdict: every round of both sides, and each step from there, in plain text.

The numbers are those that the judge kept beside the row (`Comparison.explain`), so nothing is
computed anew and the words cannot disagree with the verdict.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import exp, expm1, isfinite, log1p
from textwrap import fill
from typing import Any

from loadstone.errors import UsageError
from loadstone.model import Comparison, Note, Record, Side
from loadstone.model.reasons import FAILED_RUNS, failed
from loadstone.report.common import bounds, units
from loadstone.report.common.plain import plain
from loadstone.report.common.sentences import OWN, sentence
from loadstone.report.comparison import detectable

_COLUMNS = 100  # of the text
WIDTH = 61  # columns of the picture; odd, so that no change has a column of its own
_SUITE = "suite"


def row(record: Record, case: str, metric: str) -> Comparison:
    """The row of a case (its name, a part of it that only one has, or `suite`) and a metric.

    Raises `UsageError` with what there is when nothing or more than one row fits.
    """
    judgement = record.judgement
    rows = [*judgement.comparisons, *judgement.suite] if judgement else []
    names = list(dict.fromkeys(each.case or _SUITE for each in rows))
    exact = [name for name in names if name == case]
    fitting = exact or [name for name in names if case in name and name != _SUITE]
    if len(fitting) != 1:
        raise UsageError(
            f"{'no' if not fitting else 'more than one'} case fits `{plain(case)}`",
            next_step="the cases are: " + ", ".join(plain(name) for name in fitting or names),
        )
    found = [each for each in rows if (each.case or _SUITE) == fitting[0]]
    for each in found:
        if each.metric.name == metric:
            return each
    known = ", ".join(plain(each.metric.name) for each in found)
    raise UsageError(f"no metric `{plain(metric)}` here", next_step=f"the metrics are: {known}")


def explain(record: Record, case: str, metric: str) -> str:
    """The whole story of one row. Raises what `row` raises."""
    found = row(record, case, metric)
    parts = (
        _headline(found),
        "\n".join(_rounds(record, found)),
        "\n".join(picture(found)),
        "\n".join(_steps(found)),
        "\n".join(_wrapped(f"note: {text}") for text in _notes(record, found)),
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
        change = _percent(ratios.get(number))
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


def picture(found: Comparison) -> Iterator[str]:
    """Every round's change as a dot on one line each, and the interval of the change below.

    The scale is of log-ratios, so that twice and half are equally far from no change. `░` is what
    lies within the margin.
    """
    ratios = [ratio for ratio in found.explain.get("ratios", ()) if ratio is not None]
    interval = found.change
    if not ratios or interval is None:
        return
    ends = [_ratio(interval.low), _ratio(interval.high)]
    margin = found.explain.get("margin") or log1p(found.metric.margin)
    reach = max(*(abs(each) for each in (*ratios, *ends) if isfinite(each)), margin, 1e-6) * 1.05
    left, right = (units.percent(expm1(sign * reach), signed=True) for sign in (-1, 1))
    gap = WIDTH - len(left) - len(right) - 1
    yield f"       {left}{'0':^{gap + 1}}{right}"
    for number, ratio in zip(found.explain.get("rounds", ()), ratios, strict=False):
        yield f"{number:>5}  {_line(reach, margin, {_column(ratio, reach): '●'})}"
    low, center, high = (
        _column(end, reach) for end in (ends[0], _ratio(interval.estimate), ends[1])
    )
    marks = dict.fromkeys(range(low, high + 1), "─") | {low: "├", high: "┤", center: "◆"}
    yield f"{'all':>5}  {_line(reach, margin, marks)}"


def _line(reach: float, margin: float, marks: Mapping[int, str]) -> str:
    inside = range(_column(-margin, reach), _column(margin, reach) + 1)
    middle = _column(0.0, reach)
    ground = ("│" if at == middle else "░" if at in inside else " " for at in range(WIDTH))
    return "".join(marks.get(at, sign) for at, sign in enumerate(ground)).rstrip()


def _column(ratio: float, reach: float) -> int:
    bounded = min(max(ratio / reach, -1.0), 1.0)
    return round((bounded + 1) / 2 * (WIDTH - 1))


_STEPS: Mapping[str, str] = {
    "location": """Each round gives one number, d = ln(head/base). Their robust center, in which a
        round counts less that is far off, or whose other metrics are (the weights above), is
        {location:+.5f}: {change}.""",
    "scale": """One round's d scatters by {scale:.2%} ({n} pairs, {nu:.3g} degrees of freedom for
        the tails, never below the instrument's {floor:.2%}).""",
    "prior_scale": """Before these rounds a scatter of {prior_scale:.2%} was expected, give or take
        a factor of {factor:.2f}, from the other rows or from earlier runs.""",
    "error": """So the center is known to {error:.2%} (its standard error; earlier runs widen it by
        {kappa:.2f}): t = {t:.2f}.""",
    "careful": """The rows of this report scatter more than their errors said, or their pairs
        resemble each other: that error is {careful:.2f} times as wide for it.""",
    "biased": """Layout and placement move a case by about {biased:.2%} though nothing changed; the
        test reckons with that.""",
    "p": """If nothing had changed, a center this far off would come with probability
        p = {p:.3g} ({method}).""",
    "cutoff": """This report holds {tests} gated tests and spends {level:.2%} at this look, so p is
        held against {cutoff:.3g} (Benjamini and Hochberg).""",
    "share": """Of the level this row gets {share:.2f} times the average, by how small a change
        it can show.""",
    "margin": """A change matters beyond {margin_words}; it is unchanged when the interval at 95 %
        one-sided confidence lies within that.""",
    "detectable": "With the power asked, {seen}.",
}


def _steps(found: Comparison) -> Iterator[str]:
    """The way from the rounds to the verdict, with the numbers at each step."""
    if found.metric.name == FAILED_RUNS:
        yield from _of_failures(found)
        return
    known = _words_of(found)
    # A method that does not have a number does not have its step either.
    said = [text for name, text in _STEPS.items() if known.get(name) is not None]
    lines = [" ".join(line.split()) for text in said if (line := _filled(text, known))]
    for number, line in enumerate([*lines, f"Hence: {found.verdict}."], start=1):
        yield _wrapped(f"{number}. {_spelt(line)}")


def _of_failures(found: Comparison) -> Iterator[str]:
    sides = [side.center if side else 0.0 for side in (found.base, found.head)]
    steps = [
        f"""Of {units.count(found.n, "pair")} of runs {sides[0]:.0f} failed on the base and
        {sides[1]:.0f} on the head.""",
        f"""If both sides failed alike, they would be so far apart with probability
        p = {found.p or 0.0:.3g} at most, worst where every run fails as a coin falls.""",
        f"""Failed runs are tested apart from what was measured, p is held against
        {found.threshold or 0.0:.3g} (Benjamini and Hochberg, over the cases with a failed run).""",
        f"Hence: {found.verdict}.",
    ]
    for number, step in enumerate(steps, start=1):
        yield _wrapped(f"{number}. {_spelt(' '.join(step.split()))}")


def _wrapped(line: str) -> str:
    return fill(line, width=_COLUMNS, subsequent_indent="   ")


def _spelt(line: str) -> str:
    """Numbers as the reports write them: a real minus, a space before the percent sign."""
    return re.sub(r"(?<=\d)%", " %", re.sub(r"(?<!\w)-(?=\d)", "−", line))


def _filled(text: str, known: Mapping[str, Any]) -> str:
    try:
        return text.format(**known)
    except (KeyError, TypeError, ValueError):
        return ""


def _words_of(found: Comparison) -> dict[str, Any]:
    numbers = dict(found.explain)
    spread = numbers.get("prior_spread")
    return {
        **numbers,
        "n": found.n,
        "biased": numbers.get("bias") or None,
        "careful": caution if (caution := numbers.get("caution", 1.0)) >= 1.005 else None,
        "method": found.method,
        "change": _percent(numbers.get("location")),
        "factor": exp(spread) if isinstance(spread, float) and spread < 50 else None,
        "margin_words": _margin(found, numbers.get("margin"), numbers.get("unit", 1.0)),
        "detectable": detectable.seen([found]) or None,
        "seen": detectable.sentence(found),
    }


def _margin(found: Comparison, margin: float | None, unit: float) -> str | None:
    """From where on a change matters; by its size where no share of the value tells that."""
    if not margin:
        return None
    if found.method == "difference":
        return units.exact(found.metric.unit, margin * unit)
    share = expm1(min(margin, 300.0))
    if share < detectable.TENFOLD:
        return units.percent(share)
    least = units.exact(found.metric.unit, found.metric.minimum)
    return f"its minimum of {least}, which is more than ten times the value"


def _percent(ratio: float | None) -> str:
    """A log-ratio as a signed percentage."""
    return "" if ratio is None else units.percent(expm1(min(ratio, 300.0)), signed=True)


def _ratio(change: float) -> float:
    """A relative change as a log-ratio, as far as it has one."""
    return log1p(max(change, -0.999999))
