"""The first two lines of a report: what changed, how sure, against what."""

from __future__ import annotations

import statistics
from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.model import Goal, Judgement, Verdict
from loadstone.report import units, words
from loadstone.report.rows import grouped
from loadstone.report.view import Chip, ObjectiveRow, Row, Tone, Void

_ORDER = (
    Verdict.REGRESSION,
    Verdict.IMPROVEMENT,
    Verdict.UNCHANGED,
    Verdict.INCONCLUSIVE,
    Verdict.INVALID,
)
_SAYS = {
    Verdict.REGRESSION: "Regression",
    Verdict.IMPROVEMENT: "Improvement",
    Verdict.UNCHANGED: "No change",
    Verdict.INCONCLUSIVE: "Inconclusive",
    Verdict.INVALID: "Invalid",
}


_NAMED = 3  # metrics in one line


@dataclass(frozen=True, kw_only=True)
class Headline:
    """The verdict of the whole report in words."""

    tone: Tone
    says: str
    what: str
    sure: str
    chips: Sequence[Chip]

    @property
    def tally(self) -> str:
        return " · ".join(chip.text for chip in self.chips)


NOT_JUDGED = Headline(
    tone=Tone.VOID,
    says="Not judged",
    what="These runs were measured and have not been judged yet; loadstone compare does that.",
    sure="",
    chips=(),
)


def headline(
    judgement: Judgement,
    *,
    changed: Sequence[Row],
    rows: Sequence[Row],
    missed: Sequence[ObjectiveRow],
    void: Sequence[Void],
) -> Headline:
    """Words for a judgement. `changed` is ranked; `rows` are all rows of single cases."""
    return Headline(
        tone=Tone.BAD if missed else words.TONES[judgement.verdict],
        says=_says(judgement, missed),
        what=_what(judgement, changed, rows, missed, void),
        sure=_sure(judgement, changed, rows),
        chips=_chips(changed, rows, missed),
    )


def _says(judgement: Judgement, missed: Sequence[ObjectiveRow]) -> str:
    said = _SAYS[judgement.verdict]
    if judgement.verdict is Verdict.UNCHANGED and judgement.policy.goal is Goal.CERTIFY:
        said = "Certified"
    if not missed:
        return said
    objectives = units.count(len(missed), "objective") + " missed"
    return f"{said}, {objectives}" if judgement.verdict is Verdict.REGRESSION else objectives


def _what(
    judgement: Judgement,
    changed: Sequence[Row],
    rows: Sequence[Row],
    missed: Sequence[ObjectiveRow],
    void: Sequence[Void],
) -> str:
    first = [_missed(missed)] if missed else []
    if changed:
        first.append(_changed(changed))
    elif judgement.verdict is Verdict.UNCHANGED and rows:
        bound = "no worse than" if judgement.policy.goal is Goal.CERTIFY else "no change beyond"
        first.append(f"{bound} the margin in any of {units.count(len(rows), 'row')}")
    elif judgement.verdict is Verdict.INCONCLUSIVE:
        first.append("no change was found, and these rounds cannot exclude one")
    elif judgement.verdict is Verdict.INVALID:
        first.append("no trustworthy numbers" + (f": {void[0].reason}" if void else ""))
    sentence = "; ".join(first) or "nothing was compared"
    names_first = bool(missed or changed)  # p99 stays p99
    return (sentence if names_first else sentence[0].upper() + sentence[1:]) + "."


def _missed(missed: Sequence[ObjectiveRow]) -> str:
    worst = missed[0]
    base = " (as the base does)" if worst.tone is worst.other_tone else ""
    more = f" and {len(missed) - 1} more" if len(missed) > 1 else ""
    return f"{worst.title} is {worst.value}, not {worst.bound}, in {worst.short}{base}{more}"


def _changed(changed: Sequence[Row]) -> str:
    """The metrics that changed most, worse ones first, each by its first row."""
    told = [_lead(group.rows) for group in grouped(changed)]
    rest = len(told) - _NAMED
    return "; ".join(told[:_NAMED]) + (f"; {units.count(rest, 'more metric')}" if rest > 0 else "")


def _lead(rows: Sequence[Row]) -> str:
    first = rows[0]
    more = f" and {units.count(len(rows) - 1, 'more case')}" if first.case and rows[1:] else ""
    return f"{first.title} {first.change} in {first.short}{more}"


def _sure(judgement: Judgement, changed: Sequence[Row], rows: Sequence[Row]) -> str:
    if judgement.verdict is Verdict.INVALID:
        return ""
    parts = []
    levels = {item.comparison.change.level for item in changed if item.comparison.change}
    if changed and len(levels) == 1:
        parts.append(f"Brackets are {units.percent(levels.pop())} intervals.")
    parts.append(
        f"On two equal revisions a report flags anything with a chance of at most "
        f"{units.percent(judgement.alpha)}."
    )
    seen = [item.comparison.detectable for item in rows if item.verdict is Verdict.UNCHANGED]
    known = sorted(value for value in seen if value is not None)
    if known:
        parts.append(_detectable(known, judgement.policy.power))
    return " ".join(parts)


def _detectable(known: Sequence[float], power: float) -> str:
    typical, worst = units.percent(statistics.median(known)), units.percent(known[-1])
    rows = f"the {units.count(len(known), 'unchanged row')}" if len(known) > 1 else "unchanged row"
    spread = f" ({worst} in the least precise)" if worst != typical else ""
    return (
        f"In {rows} a change of {typical}{spread} would have been found with "
        f"{units.percent(power)} power."
    )


def _chips(
    changed: Sequence[Row], rows: Sequence[Row], missed: Sequence[ObjectiveRow]
) -> tuple[Chip, ...]:
    chips = []
    for kind in _ORDER:
        number = sum(item.verdict is kind for item in rows)
        over_all = sum(item.verdict is kind for item in changed if not item.case)
        text = words.tally(kind, number or over_all) + ("" if number else " over all cases")
        if number or over_all:
            chips.append(Chip(tone=words.TONES[kind], text=text))
    if missed:
        text = units.count(len(missed), "objective") + " missed"
        chips.append(Chip(tone=Tone.BAD, text=text))
    return tuple(chips)
