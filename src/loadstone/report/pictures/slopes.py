"""One series over the time of a run: a thin line for a run, a thick one for a side's mean slope."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import isfinite
from statistics import quantiles

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import MaxNLocator

from loadstone.model import Growth, Record, Side
from loadstone.model.reasons import holds
from loadstone.report.common import units
from loadstone.report.common.rows import GrowthRow
from loadstone.report.pictures import Picture, canvas

_COLOURS = {Side.BASE: canvas.BASE, Side.HEAD: canvas.HEAD}
_POINTS = 48  # of a line
_RUNS = 16  # of a side

Line = Sequence[tuple[float, float]]


def picture(record: Record, row: GrowthRow, name: str) -> Picture | None:
    """One series of one case, each run from where it began; None without a line."""
    growth = row.growth
    lines = {side: _lines(record, growth, side) for side in Side}
    if not any(lines.values()):
        return None
    title = f"{row.title} over the window"
    svg = canvas.draw(
        name,
        title=f"{title}, {row.short}",
        description=f"{row.base_range} on the base, {row.head_range} on the head",
        height=2.1,
        paint=lambda axes: _paint(axes, growth, lines),
    )
    return Picture(title=title, caption=f"{row.short}; {row.change}", svg=svg)


def _lines(record: Record, growth: Growth, side: Side) -> list[Line]:
    """What each valid run rose by since its window opened."""
    found = [
        _since_open(run.series[growth.series])
        for run in record.runs
        if run.case == growth.case
        and run.side is side
        and growth.series in run.series
        and holds(run, growth.series, growth.metric)
    ]
    return [line for line in found if len(line) > 1][:_RUNS]


def _since_open(series: Sequence[Sequence[float]]) -> Line:
    points = [(p[0], p[1]) for p in series if len(p) >= 2 and isfinite(p[0]) and isfinite(p[1])]
    step = max(1, -(-len(points) // _POINTS))
    return [(seconds, value - points[0][1]) for seconds, value in points[::step]]


def _paint(axes: Axes, growth: Growth, lines: Mapping[Side, Sequence[Line]]) -> None:
    end = max(line[-1][0] for of_side in lines.values() for line in of_side)
    for side, slope in ((Side.BASE, growth.base), (Side.HEAD, growth.head)):
        for line in lines[side]:
            axes.plot(*zip(*line, strict=True), color=_COLOURS[side], lw=0.7, alpha=0.55)
        if slope is not None:
            rise = [0.0, slope.estimate * end]
            axes.plot([0.0, end], rise, color=_COLOURS[side], lw=2.2, zorder=3)
    axes.axhline(0, color=canvas.SOFT, lw=0.8)
    low, high = _limits([value for each in lines.values() for line in each for _, value in line])
    axes.set_ylim(low, high)
    _size_axis(axes.yaxis, growth.metric.unit.partition("/")[0], low, high)
    axes.xaxis.set_major_locator(MaxNLocator(6))
    axes.set_xlim(0, end)
    axes.set_xlabel("seconds since the window opened")
    axes.grid(visible=True, axis="y")
    axes.tick_params(length=0)


def _limits(values: Sequence[float]) -> tuple[float, float]:
    """From one usual end to the other, zero between them."""
    cuts = quantiles(values, n=100) if len(values) > 1 else [0.0, *values]
    low, high = min(0.0, cuts[0]), max(0.0, cuts[-1])
    room = 0.08 * (high - low) or 1.0
    return low - room, high + room


def _size_axis(axis: Axis, unit: str, low: float, high: float) -> None:
    """Round steps in the unit's own scale: multiples of a MiB, not of a million bytes."""
    scale = units.scale(unit, max(abs(low), abs(high)))
    places = MaxNLocator(4).tick_values(low / scale.factor, high / scale.factor)
    inside = [float(p) * scale.factor for p in places if low <= p * scale.factor <= high]
    axis.set_ticks(inside, labels=[units.exact(unit, place) for place in inside])
