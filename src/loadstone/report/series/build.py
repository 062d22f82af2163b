"""The view of series, made from them."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from loadstone.model import Verdict
from loadstone.model.series import ChangePoint, Series, standing
from loadstone.report.common import units, words
from loadstone.report.common.facts import Fact
from loadstone.report.common.metrics import title
from loadstone.report.common.names import ShortNames, shorts
from loadstone.report.common.plain import plain
from loadstone.report.common.sentences import sentence
from loadstone.report.common.tones import Tone
from loadstone.report.series import wording
from loadstone.report.series.view import (
    ChangeGroup,
    ChangePointRow,
    Overview,
    RecordRow,
    Section,
    SeriesView,
)

_WORST = (Tone.BAD, Tone.UNSURE, Tone.GOOD, Tone.CALM)


def view(series: Sequence[Series], *, recent: int) -> Overview:
    """Everything a report says about some series, worded and ordered."""
    views = [_series(each, recent) for each in series]
    worst = min(views, key=lambda each: _WORST.index(each.tone))
    return Overview(
        title=worst.title if len(views) == 1 else units.count(len(views), "series", "series"),
        tone=worst.tone,
        says=worst.says,
        headline=worst.headline if len(views) == 1 else f"{worst.title}: {worst.headline}",
        views=views,
    )


def _series(series: Series, recent: int) -> SeriesView:
    known = ShortNames(cases=shorts(series.cases), labels={})
    news = standing(series, recent)
    tone, says = wording.says(series, news)
    return SeriesView(
        title=wording.name(series),
        tone=tone,
        says=says,
        headline=wording.headline(series, news, known),
        sure=wording.sure(series),
        sections=_sections(series, known),
        notes=[sentence(each) for each in series.notes],
        refused=[sentence(each) for each in series.refused],
        records=[
            RecordRow(
                revision=plain(each.revision),
                when=wording.moment(each.started),
                key=plain(each.key),
            )
            for each in reversed(series.points)
        ],
        facts=_facts(series),
        footer=wording.footer(series),
        series=series,
    )


def _sections(series: Series, known: ShortNames) -> tuple[Section, ...]:
    kinds: dict[str, list[ChangePoint]] = {}
    for change in series.changes:
        kinds.setdefault(wording.kind(change), []).append(change)
    return tuple(
        Section(
            title=heading,
            about=about,
            tone=tone,
            stops=_stops(series, kinds[heading], known),
        )
        for heading, about, tone in wording.SECTIONS
        if heading in kinds
    )


def _stops(
    series: Series, changes: Sequence[ChangePoint], known: ShortNames
) -> tuple[ChangeGroup, ...]:
    """Change points at one place and as surely known stand together."""

    def place(change: ChangePoint) -> tuple[int, int, int]:
        return -change.place, change.first, change.last

    return tuple(
        _stop(series, list(group), known)
        for _, group in groupby(sorted(changes, key=place), key=place)
    )


def _stop(series: Series, changes: Sequence[ChangePoint], known: ShortNames) -> ChangeGroup:
    first = changes[0]
    return ChangeGroup(
        between=wording.between(first),
        when=wording.moment(first.since),
        surely=wording.surely(first),
        commits=wording.commits(series.points[first.place - 1], series.points[first.place]),
        lines=[_line(each, known) for each in changes],
    )


def _line(change: ChangePoint, known: ShortNames) -> ChangePointRow:
    metric = change.metric
    before, after = units.quantities(metric.unit, [change.before, change.after])
    decided = change.verdict in (Verdict.REGRESSION, Verdict.IMPROVEMENT)
    return ChangePointRow(
        case=plain(change.case),
        short=known.short(change.case),
        title=title(metric),
        tone=words.TONES[change.verdict] if decided else Tone.CALM,
        says=change.verdict.value if decided else "changed",
        before=before if change.case else "",
        after=after if change.case else "",
        change=units.change(change.change),
        chance=wording.chance(change),
        notes=[sentence(each) for each in change.warnings],
    )


def _facts(series: Series) -> tuple[Fact, ...]:
    if not series.points:
        return ()
    return tuple(
        Fact(name=plain(name), value=words.scalar(value))
        for name, value in series.points[-1].facts.items()
    )
