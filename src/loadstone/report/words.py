"""The words for verdicts, objectives and warnings. One place, so that a word means one thing."""

from __future__ import annotations

from collections.abc import Mapping
from string import Formatter

from loadstone.model import Comparison, Direction, Reason, Scalar, Verdict, Warn
from loadstone.report import units
from loadstone.report.plain import plain
from loadstone.report.view import Tone

TONES: Mapping[Verdict, Tone] = {
    Verdict.REGRESSION: Tone.BAD,
    Verdict.IMPROVEMENT: Tone.GOOD,
    Verdict.UNCHANGED: Tone.CALM,
    Verdict.INCONCLUSIVE: Tone.UNSURE,
    Verdict.INVALID: Tone.VOID,
}

# A mark always stands beside a word: colour alone is not legible to everyone.
EMOJI: Mapping[Tone, str] = {
    Tone.BAD: "🔴",
    Tone.GOOD: "🟢",
    Tone.CALM: "⚪",
    Tone.UNSURE: "🟡",
    Tone.VOID: "⚫",
}
GLYPH: Mapping[Tone, str] = {
    Tone.BAD: "✘",
    Tone.GOOD: "✔",
    Tone.CALM: "●",
    Tone.UNSURE: "?",
    Tone.VOID: "∅",
}

_OBJECTIVES: Mapping[str, Tone] = {
    "met": Tone.GOOD,
    "missed": Tone.BAD,
    "inconclusive": Tone.UNSURE,
    "invalid": Tone.VOID,
}

BETTER: Mapping[Direction, str] = {
    Direction.LOWER: "less is better",
    Direction.HIGHER: "more is better",
    Direction.NONE: "not judged good or bad",
}

_PLURALS: Mapping[Verdict, tuple[str, str]] = {
    Verdict.REGRESSION: ("regression", "regressions"),
    Verdict.IMPROVEMENT: ("improvement", "improvements"),
    Verdict.UNCHANGED: ("unchanged", "unchanged"),
    Verdict.INCONCLUSIVE: ("inconclusive", "inconclusive"),
    Verdict.INVALID: ("invalid", "invalid"),
}


def verdict(comparison: Comparison) -> str:
    """The verdict of a row in a word or two."""
    word = str(comparison.verdict.value)
    changed = comparison.verdict in (Verdict.REGRESSION, Verdict.IMPROVEMENT)
    return f"{word} (not gated)" if changed and not comparison.metric.gated else word


def objective_tone(said: str) -> Tone:
    """The tone of met, missed, inconclusive and invalid; of anything else, that it is not known."""
    return _OBJECTIVES.get(said, Tone.VOID)


def tally(verdict_of_rows: Verdict, number: int) -> str:
    """`2 regressions`, `40 unchanged`."""
    one, many = _PLURALS[verdict_of_rows]
    return f"{number:,} {one if number == 1 else many}"


def reason(given: Reason) -> str:
    """Why a run or an environment is not as it should be, in its own words."""
    return plain(given.text) or plain(given.code).replace("-", " ")


# Code → sentence over the warning's data. A share or change ends in `:percent`, seconds in
# `:seconds`. A warning whose data do not fit its sentence is still shown, by code and data.
WARNINGS: Mapping[str, str] = {}


def warning(warn: Warn) -> str:
    """A warning as one sentence."""
    sentence = WARNINGS.get(warn.code)
    if sentence is not None:
        try:
            return plain(_Filler().vformat(sentence, (), warn.data))
        except (KeyError, ValueError, TypeError):
            pass
    return _fallback(warn)


def _fallback(warn: Warn) -> str:
    words = plain(warn.code).replace("-", " ").replace("_", " ")
    data = ", ".join(f"{plain(key)} {scalar(value)}" for key, value in warn.data.items())
    return plain(f"{words} ({data})" if data else words)


def scalar(value: Scalar) -> str:
    """A value of configuration or environment, as it is shown."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.4g}".replace("-", "−")
    return f"{value:,}" if isinstance(value, int) else plain(value)


class _Filler(Formatter):
    """Fills a sentence; a value may be followed by what it is."""

    def format_field(self, value: object, format_spec: str) -> str:
        if format_spec == "percent":
            return units.percent(_number(value))
        if format_spec == "change":
            return units.percent(_number(value), signed=True)
        if format_spec == "seconds":
            return units.duration(_number(value))
        if isinstance(value, str | int | float):
            return scalar(value)
        raise TypeError(f"not a scalar: {value!r}")


def _number(value: object) -> float:
    if isinstance(value, int | float):
        return float(value)
    raise TypeError(f"not a number: {value!r}")
