"""The steps from the rounds of a row to its verdict, each with its numbers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from math import exp, expm1
from textwrap import fill
from typing import Any

from loadstone.model import Comparison
from loadstone.model.reasons import FAILED_RUNS
from loadstone.report.common import units
from loadstone.report.comparison import detectable

_COLUMNS = 100  # of the text


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


def verdict_steps(found: Comparison) -> Iterator[str]:
    """The way from the rounds to the verdict, with the numbers at each step."""
    if found.metric.name == FAILED_RUNS:
        yield from _of_failures(found)
        return
    known = _words_of(found)
    # A method that does not have a number does not have its step either.
    said = [text for name, text in _STEPS.items() if known.get(name) is not None]
    lines = [" ".join(line.split()) for text in said if (line := _filled(text, known))]
    for number, line in enumerate([*lines, f"Hence: {found.verdict}."], start=1):
        yield wrapped(f"{number}. {_spelt(line)}")


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
        yield wrapped(f"{number}. {_spelt(' '.join(step.split()))}")


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
        "change": log_percent(numbers.get("location")),
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


def wrapped(line: str) -> str:
    """A line of an explanation, within its columns."""
    return fill(line, width=_COLUMNS, subsequent_indent="   ")


def log_percent(ratio: float | None) -> str:
    """A log-ratio as a signed percentage."""
    return "" if ratio is None else units.percent(expm1(min(ratio, 300.0)), signed=True)
