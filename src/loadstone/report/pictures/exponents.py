"""Cost against size on logarithmic axes: every run, and the power law fitted to each side."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import floor, isfinite, log10

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedFormatter, FixedLocator, NullLocator

from loadstone.model import Record, Shape, Side
from loadstone.report.common import units
from loadstone.report.common.rows import ShapeRow
from loadstone.report.pictures import Picture, canvas

_COLOURS = {Side.BASE: canvas.BASE, Side.HEAD: canvas.HEAD}
_ASIDE = {Side.BASE: 0.97, Side.HEAD: 1.03}  # of a size, so that dots of one do not hide the other
_MOST_SIZES = 7  # labels on the axis
_FLATTEST = 4.0  # of the upper end of the costs to the lower: less would make noise look like much


@dataclass(frozen=True, kw_only=True)
class Fit:
    """A power law through one point: `cost · (size / middle) ** exponent`."""

    middle: float
    cost: float
    exponent: float

    def at(self, size: float) -> float:
        return float(self.cost * (size / self.middle) ** self.exponent)


def picture(record: Record, row: ShapeRow, name: str) -> Picture | None:
    """One metric over one axis; None without a positive cost on a logarithmic axis."""
    shape = row.shape
    dots = {side: _dots(record, shape, side) for side in Side}
    costs = [cost for side in dots.values() for _, cost in side]
    if not costs:
        return None
    fits = {side: fit for side in Side if (fit := fitted(shape, side))}
    svg = canvas.draw(
        name,
        title=f"{row.title} against {row.axis}",
        description=f"exponent {row.base} on the base, {row.head} on the head",
        height=2.5,
        paint=lambda axes: _paint(axes, row, dots, fits),
    )
    caption = f"{row.scenario}{f', {row.fixed}' if row.fixed else ''}; exponent {row.change}"
    return Picture(title=f"{row.title} against {row.axis}", caption=caption, svg=svg)


def fitted(shape: Shape, side: Side) -> Fit | None:
    """The mean power law of one side, from the numbers kept beside the shape."""
    slope = shape.base if side is Side.BASE else shape.head
    middle = _positive(shape.explain.get("size"))
    cost = _positive((shape.explain.get("cost") or {}).get(side.value))
    if slope is None or middle is None or cost is None:
        return None
    return Fit(middle=middle, cost=cost, exponent=slope.estimate)


def _positive(number: object) -> float | None:
    """A number that has a logarithm; a saved record may hold anything."""
    known = isinstance(number, int | float) and isfinite(number) and number > 0
    return float(number) if known else None  # type: ignore[arg-type]


def _dots(record: Record, shape: Shape, side: Side) -> list[tuple[float, float]]:
    """Size and cost of every valid run that has a logarithm."""
    sizes: Mapping[str, float] = dict(zip(shape.cases, shape.sizes, strict=False))
    metric = shape.metric.name
    return [
        (sizes[run.case], run.values[metric])
        for run in record.runs
        if run.case in sizes and run.side is side and run.valid and run.values.get(metric, 0.0) > 0
    ]


def _paint(
    axes: Axes,
    row: ShapeRow,
    dots: Mapping[Side, Sequence[tuple[float, float]]],
    fits: Mapping[Side, Fit],
) -> None:
    sizes = row.shape.sizes
    axes.set_xscale("log")
    axes.set_yscale("log")
    for side in Side:
        own = [size * _ASIDE[side] for size, _ in dots[side]]
        costs = [cost for _, cost in dots[side]]
        axes.scatter(own, costs, s=15, color=_COLOURS[side], alpha=0.75, lw=0, zorder=3)
        fit = fits.get(side)
        if fit:
            ends = [sizes[0], sizes[-1]]
            axes.plot(ends, [fit.at(size) for size in ends], color=_COLOURS[side], lw=1.8, zorder=2)
    low, high = _limits([cost for side in dots.values() for _, cost in side])
    axes.set_ylim(low, high)
    axes.set_xlim(sizes[0] * 0.85, sizes[-1] * 1.18)
    unit = row.shape.metric.unit
    factor = units.scale(unit, high).factor  # round in MiB, not in millions of bytes
    _ticks(axes.yaxis, [p * factor for p in _decades(low / factor, high / factor)], unit)
    step = -(-len(sizes) // _MOST_SIZES)
    _ticks(axes.xaxis, sizes[::step], "1")
    axes.set_xlabel(row.axis)
    axes.grid(visible=True)
    axes.tick_params(length=0)


def _ticks(axis: Axis, places: Sequence[float], unit: str) -> None:
    axis.set_major_locator(FixedLocator(list(places)))
    axis.set_major_formatter(FixedFormatter([units.exact(unit, place) for place in places]))
    axis.set_minor_locator(NullLocator())


def _limits(costs: Sequence[float]) -> tuple[float, float]:
    """The ends of the cost axis: all costs with room about them, and never a sliver."""
    low, high = min(costs), max(costs)
    room = max(1.15, (_FLATTEST * low / high) ** 0.5)
    return low / room, high * room


def _decades(low: float, high: float) -> list[float]:
    """Round costs between two ends: powers of ten, with 2 and 5 between them where few fit."""
    first, last = floor(log10(low)), floor(log10(high)) + 1
    inside: list[float] = []
    for parts in ((1,), (1, 3), (1, 2, 5), (1, 1.5, 2, 3, 4, 5, 7)):
        places = [part * 10.0**power for power in range(first, last + 1) for part in parts]
        inside = [place for place in places if low <= place <= high]
        if len(inside) >= 3:
            break
    step = -(-len(inside) // 6)
    return inside[::step]
