"""Words and signs of verdicts and objectives. One place, so that a word means one thing."""

from __future__ import annotations

from collections.abc import Mapping

from loadstone.model import Comparison, Direction, Scalar, Verdict
from loadstone.report.common.plain import plain
from loadstone.report.common.tones import Tone

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


def scalar(value: Scalar) -> str:
    """A value of configuration or environment, as it is shown."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.4g}".replace("-", "−")
    return f"{value:,}" if isinstance(value, int) else plain(value)
