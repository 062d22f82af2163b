"""Every round of one metric as dots, both sides, with the interval of the change, case by case."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import nan
from statistics import quantiles

from matplotlib.axes import Axes

from loadstone.model import Interval, Record, Side
from loadstone.report.common.paired_runs import judged
from loadstone.report.common.rows import ReportRow
from loadstone.report.pictures import Picture, canvas

MOST_CASES = 10
_ROW = 0.66  # inches
_COLOURS = {Side.BASE: canvas.BASE, Side.HEAD: canvas.HEAD}
_LIFT = {Side.BASE: 0.14, Side.HEAD: -0.07}  # of a row of height 1, above its middle
_LABEL, _INTERVAL = 0.40, -0.28
_GROUND = (0.42, 0.27)  # below and above the middle
_LETTERS = 44  # that fit into one line


@dataclass(frozen=True, kw_only=True)
class Strip:
    """One case: side → round → value, relative to the base's centre."""

    row: ReportRow
    dots: Mapping[Side, Mapping[int, float]]


def picture(record: Record, rows: Sequence[ReportRow], name: str) -> Picture | None:
    """The rounds of one metric, a strip for each case; None when no case has a base to compare."""
    strips = [strip for strip in (_strip(record, row) for row in rows) if strip]
    if not strips:
        return None
    shown = strips[:MOST_CASES]
    title = rows[0].title
    svg = canvas.draw(
        name,
        title=f"{title}, every round",
        description="; ".join(f"{strip.row.short}: {strip.row.change}" for strip in shown),
        height=0.62 + _ROW * len(shown),
        paint=lambda axes: _paint(axes, shown),
    )
    left_out = "" if len(shown) == len(strips) else f"; {len(shown)} of {len(strips)} cases"
    return Picture(title=title, caption=f"{rows[0].better}{left_out}", svg=svg)


def _strip(record: Record, row: ReportRow) -> Strip | None:
    comparison = row.comparison
    reference = comparison.base.center if comparison.base else 0.0
    if reference <= 0:
        return None
    dots: dict[Side, dict[int, float]] = {side: {} for side in Side}
    for run in judged(record, comparison.case):
        if run.valid and comparison.metric.name in run.values:
            value = run.values[comparison.metric.name]
            dots[run.side][run.round] = value / reference - 1
    return Strip(row=row, dots=dots) if any(dots.values()) else None


def _paint(axes: Axes, strips: Sequence[Strip]) -> None:
    low, high = _limits(strips)
    margin = strips[0].row.comparison.metric.margin
    for index, strip in enumerate(strips):
        _ground(axes, -index, margin)
        _labels(axes, strip.row, -index)
        _dots(axes, strip, -index, low, high)
        if strip.row.comparison.change is not None:
            _interval(axes, strip.row, strip.row.comparison.change, -index, low, high)
    axes.set_xlim(low, high)
    axes.set_ylim(-len(strips) + 0.5, 0.6)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    canvas.percent_axis(axes.xaxis, low, high, most=5)
    axes.set_xlabel("against the base's centre")
    for index in range(len(strips)):
        axes.vlines(axes.get_xticks(), *_span(-index), color=canvas.LINE, lw=0.6, zorder=0.5)
    axes.tick_params(length=0)


def _span(at: float) -> tuple[float, float]:
    """What a strip's dots and interval stand on, below its label."""
    return at - _GROUND[0], at + _GROUND[1]


def _ground(axes: Axes, at: float, margin: float) -> None:
    """The margin as a band, and zero, where the dots are and not behind the label."""
    low, high = _span(at)
    axes.fill_between([-margin, margin], low, high, color=canvas.BAND, alpha=0.7, lw=0, zorder=0.4)
    axes.vlines(0, low, high, color=canvas.SOFT, lw=0.8, zorder=0.6)


def _labels(axes: Axes, row: ReportRow, at: float) -> None:
    change = row.change.partition(" [")[0]  # the interval is drawn
    room = max(8, _LETTERS - len(change))
    text = row.short if len(row.short) <= room else row.short[: room - 1] + "…"
    axes.text(0.0, at + _LABEL, text, transform=axes.get_yaxis_transform(), va="center", size=9.5)
    axes.text(
        1.0,
        at + _LABEL,
        change,
        transform=axes.get_yaxis_transform(),
        ha="right",
        va="center",
        size=9.5,
        color=canvas.TONES[row.tone],
    )


def _dots(axes: Axes, strip: Strip, at: float, low: float, high: float) -> None:
    """Dots; a thin line joins the two of one round; what is off the scale points outwards."""
    base, head = strip.dots[Side.BASE], strip.dots[Side.HEAD]
    ends, lifts = [], []
    for number in sorted(base.keys() & head.keys()):
        ends += [min(max(value, low), high) for value in (base[number], head[number])] + [nan]
        lifts += [at + _LIFT[Side.BASE], at + _LIFT[Side.HEAD], nan]
    axes.plot(ends, lifts, color=canvas.LINE, lw=0.8, zorder=1)
    for side, dots in strip.dots.items():
        inside = [value for value in dots.values() if low <= value <= high]
        height, colour = at + _LIFT[side], _COLOURS[side]
        axes.scatter(inside, [height] * len(inside), s=16, color=colour, alpha=0.85, lw=0, zorder=3)
        for edge, marker in ((low, "<"), (high, ">")):
            beyond = [v for v in dots.values() if (v < low if marker == "<" else v > high)]
            if beyond:
                axes.scatter([edge], [height], s=22, marker=marker, color=colour, clip_on=False)


def _interval(
    axes: Axes, row: ReportRow, change: Interval, at: float, low: float, high: float
) -> None:
    colour = canvas.TONES[row.tone]
    ends = [min(max(end, low), high) for end in (change.low, change.high)]
    height = at + _INTERVAL
    axes.plot(ends, [height, height], color=colour, lw=3.2, solid_capstyle="round", zorder=3)
    if low <= change.estimate <= high:
        axes.scatter([change.estimate], [height], s=34, marker="D", color=colour, zorder=4)


def _limits(strips: Sequence[Strip]) -> tuple[float, float]:
    """From the outermost interval or usual dot to the other; zero and the margin are in it."""
    values = sorted(v for strip in strips for dots in strip.dots.values() for v in dots.values())
    cuts = quantiles(values, n=40) if len(values) > 1 else values
    changes = [strip.row.comparison.change for strip in strips]
    ends = [end for change in changes if change for end in (change.low, change.high)]
    margin = max(strips[0].row.comparison.metric.margin, 0.005)
    known = [*(end for end in ends if -1 <= end <= 20), cuts[0], cuts[-1], -margin, margin]
    low, high = min(known), max(known)
    pad = 0.06 * (high - low)
    return low - pad, high + pad
