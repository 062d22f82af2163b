"""The sentences of a report on series."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime

from loadstone.model import Verdict
from loadstone.model.series import ChangePoint, Point, Series
from loadstone.report.common import units, words
from loadstone.report.common.metrics import title
from loadstone.report.common.names import ShortNames
from loadstone.report.common.plain import plain
from loadstone.report.common.tones import Tone

_WORSE, _BETTER = "Regressions", "Improvements"
_SHOWN, _MACHINE = "Reported, not gated", "Not the program"
SECTIONS = (
    (_WORSE, "", Tone.BAD),
    (_BETTER, "", Tone.GOOD),
    (_SHOWN, "Metrics that the scenario only reports, or does not call good or bad.", Tone.CALM),
    (
        _MACHINE,
        "The same program was measured before and after: its surroundings changed.",
        Tone.UNSURE,
    ),
)
_CERTAIN = "exact"


def kind(change: ChangePoint) -> str:
    """The section of a change point."""
    if change.same:
        return _MACHINE
    if not change.metric.gated or change.verdict is Verdict.INCONCLUSIVE:
        return _SHOWN
    return _WORSE if change.verdict is Verdict.REGRESSION else _BETTER


def name(series: Series) -> str:
    """The series as people call it."""
    scenarios = ", ".join(plain(each) for each in series.scenarios)
    return f"{plain(series.component)}: {scenarios}" if scenarios else plain(series.component)


def says(series: Series, news: Sequence[ChangePoint]) -> tuple[Tone, str]:
    """The verdict in a word or two."""
    kinds = [kind(change) for change in series.changes]
    if news:
        return Tone.BAD, "Regression"
    if not series.points:
        return Tone.UNSURE, "No records"
    if series.lacking and not series.changes:
        return Tone.UNSURE, "Too few records"
    if _WORSE in kinds:
        return Tone.CALM, "No new regression"
    if _BETTER in kinds:
        return Tone.GOOD, "Improvement"
    return Tone.CALM, "No change point"


def headline(series: Series, news: Sequence[ChangePoint], known: ShortNames) -> str:
    """What changed last, and how much there is."""
    if not series.points:
        return "None of its records can be used."
    if series.lacking and not series.changes:
        more = units.count(series.lacking, "more record")
        return f"{_records(series)}; it takes {more} until a change can be found."
    kinds = [kind(change) for change in series.changes]
    counts = [
        units.count(kinds.count(_WORSE), "regression"),
        units.count(kinds.count(_BETTER), "improvement"),
    ]
    told = [text for text in counts if not text.startswith("0 ")]
    if not told:
        return f"No gated change point in {_records(series)}."
    gated = [each for each in series.changes if kind(each) in (_WORSE, _BETTER)]
    last = max(news or gated, key=lambda each: each.place)
    newest = "the newest regression" if news else "the newest"
    what = f"{title(last.metric)} {units.change(last.change)} in {known.short(last.case)}"
    found = f"{' and '.join(told)} in {_records(series)}"
    return f"{found}; {newest} lies between {between(last)}: {what}."


def sure(series: Series) -> str:
    """What the report would say without a change, and how late a change can be seen."""
    if not series.points:
        return ""
    promise = (
        "On a series without a change this shows a gated change point with a chance of at most "
        f"{units.percent(series.alpha)}."
    )
    if series.lacking and series.changes:
        more = units.count(series.lacking, "more record")
        return f"{promise} It takes {more} until more than steady counts can be told."
    if series.lacking:
        return promise  # the headline says the rest
    late = units.count(series.delay, "record")
    return (
        f"{promise} A change that comes now can be found {late} later at the earliest, and gates "
        "with the next; a steady count after two."
    )


def between(change: ChangePoint) -> str:
    """The revisions it lies between: `3.7.10 and 3.7.12`."""
    return f"{plain(change.good)} and {plain(change.bad)}"


def commits(good: Point, bad: Point) -> str:
    """The commits it lies between, where the revisions are not called so: `1a2b3c..4d5e6f`."""
    pairs = [(plain(point.commit)[:12], plain(point.revision)) for point in (good, bad)]
    called = all(commit.startswith(revision) for commit, revision in pairs)
    return (
        "" if called or not all(commit for commit, _ in pairs) else "..".join(c for c, _ in pairs)
    )


def surely(change: ChangePoint) -> str:
    """The range that is known with 95 %, where it is wider than one step."""
    if change.last - change.first <= 1:
        return ""
    return f"with 95 % after {plain(change.earliest)} and by {plain(change.latest)}"


def chance(change: ChangePoint) -> str:
    """How often a series without a change would show this: `1 in 2,500 by chance`."""
    return "certain" if change.method == _CERTAIN else f"1 in {round(1 / change.p):,} by chance"


def moment(started: str) -> str:
    """A time in UTC to the minute, as `2026-11-22 07:51`; as it is where it is none."""
    try:
        when = datetime.fromisoformat(started)
    except ValueError:
        return plain(started)
    return (when if when.tzinfo is None else when.astimezone(UTC)).strftime("%Y-%m-%d %H:%M")


def footer(series: Series) -> tuple[str, ...]:
    """Short facts, in the order of interest."""
    span = ""
    if series.points:
        ends = [moment(series.points[place].started)[:10] for place in (0, -1)]
        span = f"{_records(series)}, {ends[0]} to {ends[1]}"
    told = (
        span,
        f"{units.count(len(series.rows), 'row')}, α {units.percent(series.alpha)}",
        f"provider {plain(series.provider)}" if series.provider else "",
        f"tier {plain(series.tier)}",
        f"environment {plain(series.environment)[:16]}",
    )
    return tuple(line for line in told if line)


def _records(series: Series) -> str:
    revisions = len({point.program for point in series.points})
    return f"{units.count(len(series.points), 'record')} of {units.count(revisions, 'revision')}"


def tone(change: ChangePoint) -> Tone:
    """The colour of a change point in a picture."""
    return Tone.UNSURE if change.same else words.TONES[change.verdict]
