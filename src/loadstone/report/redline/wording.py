"""The words of redlines: sizes, verdicts, what is left open and what would settle it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadstone.model import (
    Bracket,
    Interval,
    Metric,
    Redlines,
    Search,
    SizeResult,
    SizeRun,
    Verdict,
)
from loadstone.report.common import units, words
from loadstone.report.common.plain import plain
from loadstone.report.common.sentences import in_full
from loadstone.report.common.tones import Tone

_SAYS: Mapping[Verdict, str] = {
    Verdict.REGRESSION: "Redline lower",
    Verdict.IMPROVEMENT: "Redline higher",
    Verdict.UNCHANGED: "Redline unchanged",
    Verdict.INCONCLUSIVE: "Inconclusive",
    Verdict.INVALID: "Invalid",
}
# Why the bracket of one side alone is as it is → tone and words
_ALONE: Mapping[str, tuple[Tone, str]] = {
    "": (Tone.GOOD, "Redline found"),
    "to": (Tone.GOOD, "Redline not reached"),
    "from": (Tone.BAD, "Objectives missed"),
    "scatter": (Tone.UNSURE, "Redline found roughly"),
    "budget": (Tone.UNSURE, "Search not finished"),
}
_LIMITS: Mapping[str, str] = {
    "generator": "the load generator was the limit, not the component",
    "upstream": "the web server behind the component was the limit, not the component",
    "invalid": "the runs do not count",
}
SAID: Mapping[str, Tone] = {
    "met": Tone.GOOD,
    "missed": Tone.BAD,
    "undecided": Tone.UNSURE,
    "open": Tone.UNSURE,
}


@dataclass(frozen=True, kw_only=True)
class RedlineFindings:
    """The result with what is needed to word it."""

    redlines: Redlines
    search: Search
    objectives: str  # p99 latency ≤ 30 ms
    metrics: Mapping[str, Metric]  # by name

    @property
    def head(self) -> Bracket:
        return self.redlines.brackets[-1]

    def size(self, value: float | None) -> str:
        return units.quantity(self.search.unit, value)


def says(found: RedlineFindings) -> tuple[Tone, str]:
    """The verdict in a word or two."""
    verdict = found.redlines.verdict
    if verdict is not None:
        return words.TONES[verdict], _SAYS[verdict]
    if found.head.why == "scatter" and found.head.about is not None:
        return _ALONE[""]
    if found.head.why in _ALONE:
        return _ALONE[found.head.why]
    if found.head.met is None and found.head.missed is None:
        return Tone.VOID, "Invalid"
    return Tone.UNSURE, "Redline found in part"


def redline(found: RedlineFindings, bracket: Bracket) -> str:
    """The redline of one side: about one size, the largest that met, or a range."""
    if bracket.about is not None:
        return f"≈ {found.size(float(f'{bracket.about:.3g}'))}"
    met, missed = (found.size(each) for each in (bracket.met, bracket.missed))
    if bracket.met is None:
        return units.UNKNOWN if bracket.missed is None else f"< {missed}"
    if bracket.missed is None:
        return f"≥ {met}"
    return met if not bracket.why else f"{met} to {missed}"


def headline(found: RedlineFindings) -> str:
    """From which redline to which, and by how much."""
    axis = plain(found.search.axis)
    if all(each.met is None and each.missed is None for each in found.redlines.brackets):
        return f"nothing is known of the redline of {axis}"
    numbers = " → ".join(redline(found, each) for each in found.redlines.brackets)
    change = _change(found.redlines)
    return f"redline of {axis} {numbers}" + (f": {change}" if change else "")


def _change(redlines: Redlines) -> str:
    """The change with its bounds, or the bound that is known."""
    change, low, high = redlines.change, redlines.low, redlines.high
    if change is not None and low is not None and high is not None:
        if redlines.verdict is Verdict.INCONCLUSIVE and redlines.method == "brackets":
            return f"changed by anything from {units.span(low, high)}"
        return units.change(Interval(estimate=change, low=low, high=high))
    if high is not None and high < 0:
        return f"lower by at least {units.percent(-high)}"
    if low is not None and low > 0:
        return f"higher by at least {units.percent(low)}"
    return ""


def sure(found: RedlineFindings) -> str:
    """What the numbers mean, and how sure they are."""
    axis = plain(found.search.axis)
    told = [f"The redline is the largest value of {axis} that still meets {found.objectives}."]
    for bracket in found.redlines.brackets:
        if bracket.met is not None and bracket.missed is not None:
            met, missed = found.size(bracket.met), found.size(bracket.missed)
            told.append(f"{_whose(found, bracket)} is at {met} or above, and below {missed}.")
    if all(each.met is None and each.missed is None for each in found.redlines.brackets):
        return told[0]
    chance = units.percent(found.redlines.alpha)
    if found.redlines.method == "lines":
        told.append("The change is that of lines through the runs near the bound.")
    told.append(f"The chance that any size is called met or missed wrongly is at most {chance}.")
    return " ".join(told)


def _whose(found: RedlineFindings, bracket: Bracket) -> str:
    alone = len(found.redlines.brackets) == 1
    return "It" if alone else f"{str(bracket.side).capitalize()}'s"


def left_open(found: RedlineFindings, bracket: Bracket) -> list[str]:
    """What this side leaves undecided, and what would settle it."""
    sizes, told = found.search.sizes, []
    whose = "" if len(found.redlines.brackets) == 1 else f"{bracket.side}: "
    if bracket.why == "from":
        told = [f"even the smallest size, {found.size(sizes[0])}, misses; begin lower with --from"]
    if bracket.why == "to":
        told = [f"even the largest size, {found.size(sizes[-1])}, is met; go higher with --to"]
    if bracket.why == "budget":
        told = ["the budget was spent; --resume with a larger --budget goes on from here"]
    return [f"{whose}{line}" for line in (*told, *_undecided(found, bracket))]


def _undecided(found: RedlineFindings, bracket: Bracket) -> list[str]:
    """Sizes without an answer below the smallest that missed; those above leave nothing open."""
    steps = [
        each
        for each in bracket.steps
        if each.said == "undecided" and (bracket.missed is None or each.size < bracket.missed)
    ]
    scattered = [each for each in steps if each.why == "scatter"]
    others = [each for each in steps if each.why != "scatter"][:1]
    told = []
    if scattered:
        sizes = ", ".join(found.size(each.size) for each in scattered)
        most = units.count(found.search.most, "run")
        told = [f"{sizes}: {most} scatter about the bound; more --repeats could tell"]
    return told + [_limited(found, each) for each in others]


def _limited(found: RedlineFindings, step: SizeResult) -> str:
    silent = [each for each in step.trials if each.outcome == step.why and each.reasons]
    said = f": {told(silent[-1])}" if silent else ""
    size = found.size(step.size)
    where = size if step.why == "invalid" else f"{size} and above"
    return f"{where}: {_LIMITS.get(step.why, plain(step.why))}{said}"


def told(run: SizeRun) -> str:
    """Why a run gave no value."""
    return plain("; ".join(map(in_full, run.reasons)))


def unlike_the_component(brackets: Sequence[Bracket]) -> bool:
    """Whether a redline ends where something other than the component was the limit."""
    return any(
        bracket.why in ("generator", "upstream") and bracket.met is not None for bracket in brackets
    )
