"""One row of a series: a dot for each record, the levels, and where they change."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import median, quantiles

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from loadstone.model.series import Point, SeriesRow
from loadstone.report.common import units
from loadstone.report.common.plain import plain
from loadstone.report.common.tones import Tone
from loadstone.report.pictures import Picture, canvas

_LETTERS = 9  # of a revision below the axis
_APART = 0.16  # of the width, between two of them


@dataclass(frozen=True, kw_only=True)
class ChangeMark:
    """A change point as it is drawn: at `place`, known to be within `first` and `last`."""

    place: int
    first: int
    last: int
    tone: Tone


@dataclass(frozen=True, kw_only=True)
class Track:
    """A row to be drawn. `relative`: its values are changes, not in the metric's unit."""

    row: SeriesRow
    title: str
    caption: str
    relative: bool
    steps: Sequence[ChangeMark]


def picture(track: Track, points: Sequence[Point], name: str) -> Picture | None:
    """The row over its records; None with fewer than two."""
    known = [(place, each) for place, each in enumerate(track.row.values) if each is not None]
    if len(known) < 2:
        return None
    low, high = _limits([each for _, each in known])
    spots = [
        canvas.Tooltip(x=place, y=min(max(each, low), high), text=_said(track, points[place], each))
        for place, each in known
    ]
    svg = canvas.draw(
        name,
        title=f"{track.title}, record by record",
        description=track.caption or f"{units.count(len(known), 'record')}, no change point.",
        height=1.75,
        paint=lambda axes: _paint(axes, track, points, (low, high)),
        spots=spots,
    )
    return Picture(title=track.title, caption=track.caption, svg=svg)


def _said(track: Track, point: Point, value: float) -> str:
    when = plain(point.started)[:16].replace("T", " ")
    return " · ".join([plain(point.revision), when, _worded(track, value)])


def _worded(track: Track, value: float) -> str:
    if track.relative:
        return units.percent(value, signed=True)
    return units.quantity(track.row.metric.unit, value)


def _limits(values: Sequence[float]) -> tuple[float, float]:
    """All that is usual; a single wild record does not press the others flat."""
    cuts = quantiles(values, n=10)
    reach = (cuts[-1] - cuts[0]) or abs(cuts[0]) * 0.05 or 1.0
    low = max(min(values), cuts[0] - reach)
    high = min(max(values), cuts[-1] + reach)
    pad = 0.12 * (high - low) or 0.12 * reach
    return low - pad, high + pad


def _paint(axes: Axes, track: Track, points: Sequence[Point], limits: tuple[float, float]) -> None:
    low, high = limits
    values = track.row.values
    for step in track.steps:
        colour = canvas.TONES[step.tone]
        axes.axvspan(step.first + 0.5, step.last - 0.5, color=canvas.BAND, alpha=0.7, lw=0)
        axes.axvline(step.place - 0.5, color=colour, lw=1.4, ls=(0, (3, 2)))
    known = [
        (place, min(max(each, low), high)) for place, each in enumerate(values) if each is not None
    ]
    places, heights = [place for place, _ in known], [each for _, each in known]
    axes.plot(places, heights, color=canvas.LINE, lw=0.9, zorder=2)
    axes.scatter(places, heights, s=12, color=canvas.HEAD, lw=0, zorder=4)
    _levels(axes, values, [step.place for step in track.steps])
    axes.set_xlim(-0.7, len(values) - 0.3)
    axes.set_ylim(low, high)
    _scale(axes, track, low, high)
    shown = _ticks([step.place for step in track.steps], len(points))
    axes.set_xticks(shown, labels=[_short(points[place].revision) for place in shown])
    axes.grid(visible=True, axis="y")
    axes.tick_params(length=0)


def _levels(axes: Axes, values: Sequence[float | None], places: Sequence[int]) -> None:
    """The median of each stretch, as a line through it."""
    ends = [0, *sorted(places), len(values)]
    for start, end in pairwise(ends):
        inside = [each for each in values[start:end] if each is not None]
        if inside:
            level = median(inside)
            ends_of = [start - 0.5, end - 0.5]
            axes.plot(ends_of, [level, level], color=canvas.INK, lw=1.5, zorder=3)


def _scale(axes: Axes, track: Track, low: float, high: float) -> None:
    if track.relative:
        canvas.percent_axis(axes.yaxis, low, high, most=4)
        return
    unit = track.row.metric.unit
    factor = units.scale(unit, max(abs(low), abs(high))).factor
    ticks = [tick * factor for tick in MaxNLocator(4).tick_values(low / factor, high / factor)]
    axes.set_yticks([tick for tick in ticks if low <= tick <= high])
    axes.yaxis.set_major_formatter(FuncFormatter(lambda tick, _: units.exact(unit, tick)))


def _ticks(places: Sequence[int], count: int) -> list[int]:
    """The change points, newest first, then both ends, as far as their names have room."""
    shown: list[int] = []
    for place in [*sorted(places, reverse=True), count - 1, 0]:
        if all(abs(place - other) >= max(_APART * count, 1) for other in shown):
            shown.append(place)
    return sorted(shown)


def _short(revision: str) -> str:
    text = plain(revision)
    return text if len(text) <= _LETTERS else text[: _LETTERS - 1] + "…"
