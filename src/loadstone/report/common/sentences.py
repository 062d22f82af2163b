"""A sentence for every warning the judge may attach to a row or a report.

A warning is a code with data; here it gets its words. In a sentence a value may say what it is:
`{share:percent}`, `{change:change}` (signed), `{wait:seconds}`, and `{n:rounds}`, which agrees with
its number. A code without a sentence, or data that do not fit it, are shown as they are: a reader
is never left without a warning because its words are missing.
"""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from loadstone.model import Warn
from loadstone.report.common import units, words
from loadstone.report.common.plain import plain

SENTENCES: Mapping[str, str] = {
    # of a row
    "certain": "counted exactly, over {rounds:rounds}",
    "differences": "judged by differences, since ratios of zero or negative values say nothing",
    "failed-runs": "{head} of {heads:runs} failed on the head, {base} of {bases:runs} on the base",
    "few-requests": "this percentile rests on {expected} requests a run; it needs {needed}",
    "few-points": "{runs:runs} had fewer than {needed} points of this series",
    "few-runs": "this rests on {runs:rounds} with both sides; it needs {needed}",
    "growing": "keeps growing on the head, by {slope} a second (at least {low}); "
    "on the base too: {base}",
    "invalid-run": "{text}",
    "no-base": "only the head was measured, in {rounds:rounds}: nothing to compare with",
    "no-direction": "the scenario does not say which way is good, so this is not judged",
    "no-head": "only the base was measured, in {rounds:rounds}: nothing to compare",
    "no-logarithm": "{left} of {pairs:pairs} count, the others are zero or negative on a side",
    "not-measured": "no valid run gave a value",
    "one-pair": "one pair of runs says nothing about noise",
    "superlinear": "grows faster than {axis} on the head: its exponent is {head:exponent}, "
    "on the base {base:exponent}",
    "small-sizes": "its exponent moved because small sizes did: at {axis}={size}, the largest, "
    "it changed by {change:change}",
    "bent": "was a straight line in {axis} and bends on the head: its middle lies {bend:percent} "
    "of the rise below a line between its ends",
    "relative-to-suite": "compared with the other cases, which moved by {suite:change} since then",
    "unpaired": "{paired} of {rounds:rounds} have both sides; the others are not used",
    "unstable-history": "changed too often without a change over the last {reports:reports}; "
    "reported, not gated",
    "wild-round": "round {round} is far off ({side:sides}) and counts little",
    # of a change point in a series
    "all-alike": "all cases moved alike, which a machine can do as well as a program",
    "beside-base": "compared with base of the same records, one revision in all of them",
    "beside-suite": "compared with what the metric's other cases did in the same records",
    "surroundings": "the environment changed there too: {fact} from {before} to {after}",
    "unconfirmed": "not sure enough to gate: that takes two looks in a row, at 0.4 of the level",
    # of a report
    "across": "the baseline is of another day: how much days differ without a change, known from "
    "{sessions:sessions}, is part of every interval",
    "audited": "{alarms} of {reports:A/A reports} alarmed here ({low:percent} to {high:percent}); "
    "{covered:percent} of their intervals held 0",
    "baseline": "the base was not measured now: it is the head of {baseline}",
    "certified": "{rows} of {of:gated rows} are no worse than their margins, "
    "at a level of {level:percent}",
    "extended": "more rounds were asked for after {done:rounds}; on two equal revisions, this "
    "report or one before it flags anything with a chance of at most {either:percent}",
    "invalid-case": "{case} has too few valid runs to be judged",
    "warm": "how noisy each metric is was learnt from {reports:earlier reports}",
}
_SIDES = {"base": "on the base", "head": "on the head", "both": "on both sides"}


def sentence(warn: Warn) -> str:
    """A warning as one plain line."""
    wanted = SENTENCES.get(warn.code)
    if wanted is None:
        return _as_it_is(warn)
    try:
        return plain(_Filler().vformat(wanted, (), warn.data))
    except (KeyError, ValueError, TypeError, AttributeError):
        return _as_it_is(warn)


def _as_it_is(warn: Warn) -> str:
    """The words that came with it, or its code and data."""
    if warn.data.get("text"):
        return plain(warn.data["text"])
    name = plain(warn.code).replace("-", " ").replace("_", " ")
    data = ", ".join(f"{plain(key)} {words.scalar(value)}" for key, value in warn.data.items())
    return plain(f"{name} ({data})" if data else name)


class _Filler(Formatter):
    """Fills a sentence; what follows the colon says what a value is."""

    def format_field(self, value: object, format_spec: str) -> str:
        match format_spec:
            case "":
                return words.scalar(value) if isinstance(value, str | int | float) else plain(value)
            case "percent" | "change":
                return units.percent(_number(value), signed=format_spec == "change")
            case "exponent":
                return units.figure(_number(value), 2)
            case "seconds":
                return units.duration(_number(value))
            case "sides":
                return _SIDES.get(str(value), plain(value))
            case _:
                return units.count(int(_number(value)), format_spec.removesuffix("s"))


def _number(value: object) -> float:
    if isinstance(value, int | float):
        return float(value)
    raise TypeError(f"not a number: {value!r}")
