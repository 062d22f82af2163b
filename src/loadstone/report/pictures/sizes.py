"""Every run of a search for redlines: how near its worst objective came to the bound."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, NullLocator

from loadstone.model import Bracket, Search, Side
from loadstone.report.common import units
from loadstone.report.common.plain import plain
from loadstone.report.common.tones import Tone
from loadstone.report.pictures import Picture, canvas
from loadstone.report.pictures.size_dots import COLOURS, SizeRunDot, limits, size_axis

_LOWEST, _HIGHEST = 0.05, 20.0  # ratios that are drawn as they are
_TICKS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_ABOUT = 1.3  # times beyond the brackets that still is near them
_LANES = {Side.BASE: 0.075, Side.HEAD: 0.025}  # of the brackets, as shares of the height


def nearness(
    brackets: Sequence[Bracket], search: Search, dots: Sequence[SizeRunDot]
) -> Iterator[Picture]:
    """All sizes, and then those about the brackets, where there are others."""
    axis = plain(search.axis)
    caption = "the bars at the bottom go from the size that met to the one that missed"
    yield Picture(
        title=f"Worst objective by {axis}",
        caption=caption,
        svg=_drawn("redline-sizes", brackets, search, dots),
    )
    near = _near(brackets, dots)
    if 0 < len({dot.size for dot in near}) < len({dot.size for dot in dots}):
        yield Picture(
            title=f"The same near the redline{'s' if len(brackets) > 1 else ''}",
            caption=f"{len(dots) - len(near)} runs of other sizes are not drawn",
            svg=_drawn("redline-near", brackets, search, near),
        )


def _near(brackets: Sequence[Bracket], dots: Sequence[SizeRunDot]) -> list[SizeRunDot]:
    ends = [end for each in brackets for end in (each.met, each.missed) if end is not None]
    if not ends:
        return []
    low, high = min(ends) / _ABOUT, max(ends) * _ABOUT
    return [dot for dot in dots if low <= dot.size <= high]


def _drawn(
    name: str, brackets: Sequence[Bracket], search: Search, dots: Sequence[SizeRunDot]
) -> str:
    return canvas.draw(
        name,
        title=f"worst objective by {plain(search.axis)}",
        description="; ".join(_told(each, search) for each in brackets),
        height=3.1,
        paint=lambda axes: _paint(axes, brackets, search, dots),
    )


def _told(bracket: Bracket, search: Search) -> str:
    met, missed = (units.quantity(search.unit, size) for size in (bracket.met, bracket.missed))
    return f"{bracket.side.value}: met at {met}, missed at {missed}"


def _paint(
    axes: Axes, brackets: Sequence[Bracket], search: Search, dots: Sequence[SizeRunDot]
) -> None:
    ratios = [min(max(dot.ratio, _LOWEST), _HIGHEST) for dot in dots if dot.ratio is not None]
    top = max([2.0, *(r * 1.25 for r in ratios)])
    bottom = min([0.5, *(r * 0.8 for r in ratios)]) * 0.6  # room for the brackets
    axes.set_yscale("log")
    axes.set_ylim(bottom, top)
    axes.set_xscale("log")
    size_axis(axes.xaxis, search, dots)
    axes.set_xlim(*limits(dots))
    axes.axhline(1.0, color=canvas.INK, lw=1.0)
    for bracket in brackets:
        _bracket(axes, bracket, limits(dots))
    for side in Side:
        _scatter(axes, [dot for dot in dots if dot.side is side], bottom / 0.6, top / 1.12)
    inside = [tick for tick in _TICKS if bottom < tick < top]
    axes.yaxis.set_major_locator(FixedLocator(inside))
    axes.yaxis.set_minor_locator(NullLocator())
    axes.yaxis.set_major_formatter(
        FuncFormatter(lambda tick, _: "bound" if tick == 1.0 else f"×{tick:g}")
    )
    axes.set_xlabel(plain(search.axis))
    axes.grid(visible=True, axis="y")
    axes.tick_params(length=0)


def _scatter(axes: Axes, dots: Sequence[SizeRunDot], bottom: float, top: float) -> None:
    for dot in dots:
        place, colour = dot.place, COLOURS[dot.side]
        if dot.ratio is None:
            void = canvas.TONES[Tone.VOID]
            axes.scatter(
                [place], [bottom], s=22, facecolors="none", edgecolors=void, lw=1.1, zorder=3
            )
        elif dot.failed:
            axes.scatter([place], [top], marker="x", s=24, color=colour, zorder=4)
        else:
            height = min(max(dot.ratio, bottom), top)
            axes.scatter([place], [height], s=16, color=colour, alpha=0.85, lw=0, zorder=3)


def _bracket(axes: Axes, bracket: Bracket, limits: tuple[float, float]) -> None:
    """From the size that met to the one that missed; an end that is not known stays open."""
    if bracket.met is None and bracket.missed is None:
        return
    low = limits[0] if bracket.met is None else bracket.met
    high = limits[1] if bracket.missed is None else bracket.missed
    colour, lane = COLOURS[bracket.side], _LANES[bracket.side]
    place = axes.get_xaxis_transform()
    axes.axvspan(low, high, color=colour, alpha=0.13, lw=0)
    axes.plot([low, high], [lane, lane], transform=place, color=colour, lw=3.2, zorder=3)
    for end, known in ((low, bracket.met), (high, bracket.missed)):
        if known is not None:
            reach = (lane - 0.022, lane + 0.022)
            axes.plot([end, end], reach, transform=place, color=colour, lw=1.6, zorder=3)
