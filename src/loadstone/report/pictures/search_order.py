"""The order of a search: which size was run when."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from loadstone.model import Search, Side
from loadstone.report.common import units
from loadstone.report.common.plain import plain
from loadstone.report.common.tones import Tone
from loadstone.report.pictures import Picture, canvas
from loadstone.report.pictures.size_dots import COLOURS, SizeRunDot, limits, size_axis


def picture(search: Search, dots: Sequence[SizeRunDot]) -> Picture:
    """The sizes of both sides, round by round."""
    svg = canvas.draw(
        "redline-order",
        title=f"{plain(search.axis)} run after run",
        description=f"{units.count(len(dots), 'run')} in the order in which they ran.",
        height=3.1,
        paint=lambda axes: _paint_order(axes, search, dots),
    )
    caption = "filled: within the bound; hollow: beyond it"
    return Picture(title=f"{plain(search.axis)} by round", caption=caption, svg=svg)


def _paint_order(axes: Axes, search: Search, dots: Sequence[SizeRunDot]) -> None:
    axes.set_yscale("log")
    size_axis(axes.yaxis, search, dots)
    axes.set_ylim(*limits(dots))
    for side in Side:
        own = sorted((dot for dot in dots if dot.side is side), key=lambda dot: dot.round)
        colour = COLOURS[side]
        rounds, sizes = [dot.round for dot in own], [dot.place for dot in own]
        axes.plot(rounds, sizes, color=colour, lw=0.9, alpha=0.55)
        for dot in own:
            _mark(axes, dot, colour)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlabel("round")
    axes.grid(visible=True, axis="y")
    axes.tick_params(length=0)


def _mark(axes: Axes, dot: SizeRunDot, colour: str) -> None:
    if dot.failed:
        axes.scatter([dot.round], [dot.place], marker="x", s=22, color=colour, zorder=4)
        return
    within = dot.ratio is not None and dot.ratio <= 1
    edge = colour if dot.ratio is not None else canvas.TONES[Tone.VOID]
    fill = colour if within else canvas.CARD
    axes.scatter([dot.round], [dot.place], s=18, facecolors=fill, edgecolors=edge, lw=1.1, zorder=3)
