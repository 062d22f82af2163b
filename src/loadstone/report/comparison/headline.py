"""The first two lines of a report: what changed, how sure, against what."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.model import Goal, Record, Verdict
from loadstone.report.common import units, words
from loadstone.report.common.rows import ReportRow
from loadstone.report.common.tones import Tone
from loadstone.report.comparison import assurance
from loadstone.report.comparison.findings import Findings
from loadstone.report.comparison.first_round import missing, so_far
from loadstone.report.comparison.rows import failed_runs, grouped
from loadstone.report.comparison.tally import chips
from loadstone.report.comparison.view import Chip, ObjectiveRow

_SAYS = {
    Verdict.REGRESSION: "Regression",
    Verdict.IMPROVEMENT: "Improvement",
    Verdict.UNCHANGED: "No change",
    Verdict.INCONCLUSIVE: "Inconclusive",
    Verdict.INVALID: "Invalid",
}


_NAMED = 3  # metrics in one line
_SHAPES = 1  # of how costs grow


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


def not_judged(record: Record) -> Headline:
    """The headline of runs without a judgement: how far they are, or that nobody asked."""
    what = "These runs were measured and have not been judged yet; loadstone compare does that."
    if missing(record) and not record.finished:
        said = so_far(record)
        what = f"{said[0].upper()}{said[1:]}."
    return Headline(tone=Tone.VOID, says="Not judged", what=what, sure="", chips=())


def headline(found: Findings) -> Headline:
    """The headline of a judgement."""
    if found.first:
        what = "Only the head was measured, and there is nothing yet to compare it with."
        return Headline(
            tone=Tone.CALM, says="No baseline yet", what=what, sure="", chips=chips(found)
        )
    return Headline(
        tone=Tone.BAD if found.missed else words.TONES[found.judgement.verdict],
        says=_says(found),
        what=_what(found),
        sure=assurance.sentences(found),
        chips=chips(found),
    )


def _says(found: Findings) -> str:
    verdict = found.judgement.verdict
    said = _SAYS[verdict]
    if verdict is Verdict.INCONCLUSIVE and found.blind:
        said = "Too few rounds"
    elif verdict is Verdict.UNCHANGED and found.judgement.policy.goal is Goal.CERTIFY:
        said = "Certified"
    elif verdict is Verdict.UNCHANGED and not found.settled:
        said = "No change found"
    if not found.missed:
        return said
    objectives = units.count(len(found.missed), "objective") + " missed"
    worse = any(item.verdict is Verdict.REGRESSION for item in found.gated)
    return f"{said}, {objectives}" if worse else objectives


def _what(found: Findings) -> str:
    parts = [_missed(found.missed)] if found.missed else []
    parts.append(_outcome(found))
    sentence = "; ".join(parts)
    known = found.judgement.verdict is not Verdict.INVALID
    if found.missed or (
        found.gated and known
    ):  # these begin with the name of a metric: p99 stays p99
        return f"{sentence}."
    return f"{sentence[0].upper()}{sentence[1:]}."


def _outcome(found: Findings) -> str:
    verdict = found.judgement.verdict
    if verdict in (Verdict.REGRESSION, Verdict.IMPROVEMENT) and (found.changed or not found.missed):
        told = (
            _changed(found.gated or found.changed, found) if found.changed else "no row says what"
        )
        return "; ".join([told, *found.lead[:_SHAPES]])
    if verdict is Verdict.INVALID:
        return _not_known(found)
    if not found.rows:
        return "nothing was compared"
    if found.blind:
        return _too_few(found)
    reported = f"; reported only: {_changed(found.changed, found)}" if found.changed else ""
    return _nothing_found(found) + reported


def _not_known(found: Findings) -> str:
    """How much has no trustworthy number, why, and what the rest says."""
    if not found.measured:
        return "nothing was measured"
    why = f": {found.why}" if found.why else ""
    gated = [item for item in found.rows if item.gated and not failed_runs(item)]
    lost = [item for item in gated if item.verdict is Verdict.INVALID]
    rest = _changed(found.changed, found) if found.changed else "nothing"
    if found.unmeasured and not lost:
        rows = units.count(found.unmeasured, "gated row")
        return f"{rows} not measured on either side{why}. Found in the rest: {rest}"
    if not lost or len(lost) == len(gated):
        return f"no trustworthy numbers{why}"
    rows = units.count(len(gated), "gated row")
    have = "has" if len(lost) == 1 else "have"
    return f"{len(lost):,} of {rows} {have} no trustworthy number{why}. Found in the rest: {rest}"


def _nothing_found(found: Findings) -> str:
    """That nothing was found is not that nothing is there: how many rows can tell."""
    gated = [item for item in found.rows if item.gated]
    if found.settled:
        certain = found.judgement.policy.goal is Goal.CERTIFY
        bound = "no worse than" if certain else "no change beyond"
        return f"{bound} the margin in any of {units.count(len(gated), 'gated row')}"
    within = sum(item.verdict is Verdict.UNCHANGED for item in gated)
    unsure = sum(item.verdict is Verdict.INCONCLUSIVE for item in gated)
    void = len(gated) - within - unsure
    told = [f"{units.count(within, 'row')} within the margin"]
    told += [f"{unsure:,} inconclusive"] if unsure else []
    told += [f"{void:,} without a trustworthy number"] if void else []
    told += [f"{found.unmeasured:,} not measured on either side"] if found.unmeasured else []
    return "no change was found: " + ", ".join(told)


def _too_few(found: Findings) -> str:
    """In how many rows nothing could have been found, and what they show all the same."""
    gated = [item for item in found.rows if item.gated]
    rows = f"{len(found.blind):,} of {units.count(len(gated), 'gated row')}"
    told = f"even a tenfold change could not have been found in {rows}"
    shown = [item for item in found.blind if item.pairs > 1]  # one pair may be noise alone
    return f"{told}, which show {_changed(shown, found)}" if shown else told


def _missed(missed: Sequence[ObjectiveRow]) -> str:
    worst = missed[0]
    base = " (as the base does)" if worst.tone is worst.other_tone else ""
    more = f" and {len(missed) - 1} more" if len(missed) > 1 else ""
    return f"{worst.title} is {worst.value}, not {worst.bound}, in {worst.short}{base}{more}"


def _changed(changed: Sequence[ReportRow], found: Findings) -> str:
    """The metrics that changed most, worse ones first, each by its first row."""
    told = [_lead(group.rows, found) for group in grouped(changed)]
    rest = len(told) - _NAMED
    return "; ".join(told[:_NAMED]) + (f"; {units.count(rest, 'more metric')}" if rest > 0 else "")


def _lead(rows: Sequence[ReportRow], found: Findings) -> str:
    first = rows[0]
    why = found.why_in(first.case) if failed_runs(first) else ""
    more = f" and {units.count(len(rows) - 1, 'more case')}" if first.case and rows[1:] else ""
    return f"{first.title} {first.change} in {first.short}{more}" + (f" ({why})" if why else "")
