"""The pictures of series as galleries: which rows are drawn, what changed first."""

from __future__ import annotations

from collections.abc import Sequence

from loadstone.model.series import ChangePoint, Reading, Series, SeriesRow
from loadstone.report.common import units
from loadstone.report.common.metrics import title
from loadstone.report.common.names import ShortNames, shorts
from loadstone.report.pictures import Gallery, Picture
from loadstone.report.pictures.series import ChangeMark, Track, picture
from loadstone.report.series import wording

MOST_CHANGED, MOST_FLAT = 30, 24
_READ = {
    Reading.ABSOLUTE: "",
    Reading.SUITE: "beside the other cases",
    Reading.ANCHORED: "beside base",
}


def galleries(series: Series, number: int) -> tuple[Gallery, ...]:
    """The rows with change points, and the others; `number` tells series of one page apart."""
    changes: dict[tuple[str, str], list[ChangePoint]] = {}
    for change in sorted(series.changes, key=lambda each: -each.place):
        changes.setdefault((change.case, change.metric.name), []).append(change)
    rows = {(row.case, row.metric.name): row for row in series.rows}
    flat = [row for key, row in rows.items() if key not in changes]
    flat = sorted(flat, key=lambda row: (not row.metric.gated, bool(row.case)))
    about = (
        "A dot is a record, a thick line the level; a dashed line is a change point, the band "
        "where it lies with 95 %. Point at a dot for its revision and value."
    )
    found = (
        ("changed", "What changed", about, [rows[key] for key in changes], MOST_CHANGED),
        ("flat", "What did not change", "Rows without a change point.", flat, MOST_FLAT),
    )
    known = ShortNames(cases=shorts(series.cases), labels={})
    drawn = []
    for name, heading, text, chosen, most in found:
        pictures = [
            _picture(series, row, changes.get((row.case, row.metric.name), ()), known, mark)
            for row, mark in ((row, f"{name}-{number}-{n}") for n, row in enumerate(chosen[:most]))
        ]
        drawn.append(
            Gallery(
                name=f"{name}-{number}",
                title=heading,
                about=text,
                pictures=[each for each in pictures if each is not None],
                left_out=max(0, len(chosen) - most),
                legend=False,
            )
        )
    return tuple(each for each in drawn if each.pictures)


def _picture(
    series: Series, row: SeriesRow, changes: Sequence[ChangePoint], known: ShortNames, name: str
) -> Picture | None:
    told = [
        f"{units.change(each.change).partition(' [')[0]} between {wording.between(each)}"
        for each in changes
    ]
    read = _READ[row.reading]
    track = Track(
        row=row,
        title=f"{title(row.metric)}, {known.short(row.case)}",
        caption="; ".join([*told[:3], *([read] if read else [])]),
        relative=not row.case or row.reading is not Reading.ABSOLUTE,
        steps=[
            ChangeMark(place=each.place, first=each.first, last=each.last, tone=wording.tone(each))
            for each in changes
        ],
    )
    return picture(track, series.points, name)
