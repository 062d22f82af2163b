"""The words of redlines: sizes, verdicts, what is left open and what would settle it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from loadstone.model import Bracket, Interval, Redlines, Search, Step, Verdict
from loadstone.report import units, words
from loadstone.report.plain import plain
from loadstone.report.view import Tone

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
class Found:
    """The result with what is needed to word it."""

    redlines: Redlines
    search: Search
    objectives: str  # p99 latency ≤ 30 ms

    @property
    def head(self) -> Bracket:
        return self.redlines.brackets[-1]

    def size(self, value: float | None) -> str:
        return units.quantity(self.search.unit, value)


def says(found: Found) -> tuple[Tone, str]:
    """The verdict in a word or two."""
    verdict = found.redlines.verdict
    if verdict is not None:
        return words.TONES[verdict], _SAYS[verdict]
    if found.head.why in _ALONE:
        return _ALONE[found.head.why]
    if found.head.met is None and found.head.missed is None:
        return Tone.VOID, "Invalid"
    return Tone.UNSURE, "Redline found in part"


def redline(found: Found, bracket: Bracket) -> str:
    """The redline of one side as one number: the largest size that met, as far as it is known."""
    if bracket.met is None:
        return units.UNKNOWN if bracket.missed is None else f"< {found.size(bracket.missed)}"
    return found.size(bracket.met) if bracket.missed is not None else f"≥ {found.size(bracket.met)}"


def headline(found: Found) -> str:
    """From which redline to which, and by how much."""
    numbers = " → ".join(redline(found, each) for each in found.redlines.brackets)
    change = _change(found.redlines)
    return f"redline of {plain(found.search.axis)} {numbers}" + (f", {change}" if change else "")


def _change(redlines: Redlines) -> str:
    """The change with its bounds, or the bound that is known."""
    change, low, high = redlines.change, redlines.low, redlines.high
    if change is not None and low is not None and high is not None:
        return units.change(Interval(estimate=change, low=low, high=high))
    if high is not None and high < 0:
        return f"lower by at least {units.percent(-high)}"
    if low is not None and low > 0:
        return f"higher by at least {units.percent(low)}"
    return ""


def sure(found: Found) -> str:
    """What the numbers mean, and how sure they are."""
    axis = plain(found.search.axis)
    told = [f"The largest {axis} that still meets {found.objectives}."]
    for bracket in found.redlines.brackets:
        if bracket.met is not None and bracket.missed is not None:
            met, missed = found.size(bracket.met), found.size(bracket.missed)
            told.append(f"{_whose(found, bracket)}is at {met} or above, and below {missed}.")
    chance = units.percent(1 - found.redlines.alpha)
    return " ".join([*told, f"With a chance of {chance} no size was called met or missed wrongly."])


def _whose(found: Found, bracket: Bracket) -> str:
    return "It " if len(found.redlines.brackets) == 1 else f"That of {bracket.side} "


def left_open(found: Found, bracket: Bracket) -> list[str]:
    """What this side leaves undecided, and what would settle it."""
    sizes = found.search.sizes
    whose = "" if len(found.redlines.brackets) == 1 else f"{bracket.side}: "
    told = []
    if bracket.why == "from":
        text = f"even the smallest size, {found.size(sizes[0])}, misses; begin lower with --from"
        told.append(f"{whose}{text}")
    if bracket.why == "to":
        text = f"even the largest size, {found.size(sizes[-1])}, is met; go higher with --to"
        told.append(f"{whose}{text}")
    if bracket.why == "budget":
        text = "the budget was spent; --resume with a larger --budget goes on from here"
        told.append(f"{whose}{text}")
    undecided = [each for each in bracket.steps if each.said == "undecided"]
    return told + [f"{whose}{_undecided(found, each)}" for each in undecided]


def _undecided(found: Found, step: Step) -> str:
    size, runs = found.size(step.size), units.count(len(step.trials), "run")
    if step.why == "scatter":
        return f"{size}: {runs} scatter about the bound; more --repeats could tell"
    reasons = [each.reason for each in step.trials if each.outcome == step.why and each.reason]
    said = f" ({plain(reasons[-1])})" if reasons else ""
    return f"{size}: {_LIMITS.get(step.why, plain(step.why))}{said}"


def unlike_the_component(brackets: Sequence[Bracket]) -> bool:
    """Whether a redline ends where something other than the component was the limit."""
    return any(bracket.why in ("generator", "upstream") for bracket in brackets)
