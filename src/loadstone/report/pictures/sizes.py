"""Every run of a search for redlines: how near to its bound, and in which order they ran."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from math import exp

from matplotlib.axes import Axes
from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, MaxNLocator, NullFormatter, NullLocator

from loadstone.model import Bracket, Search, Side, Step, Trial
from loadstone.report import units
from loadstone.report.pictures import Gallery, Picture, canvas
from loadstone.report.plain import plain
from loadstone.report.redlines.view import RedlineView
from loadstone.report.view import Tone

_COLOURS = {Side.BASE: canvas.BASE, Side.HEAD: canvas.HEAD}
_ASIDE = {Side.BASE: 0.988, Side.HEAD: 1.012}  # so that both sides' dots of one size are seen
_MOST_TICKS = 5
_LOWEST, _HIGHEST = 0.05, 20.0  # ratios that are drawn as they are
_TICKS = (0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0)
_ABOUT = 1.3  # times beyond the brackets that still is near them
_LANES = {Side.BASE: 0.075, Side.HEAD: 0.025}  # of the brackets, as shares of the height


@dataclass(frozen=True, kw_only=True)
class Dot:
    """One run: `ratio` of its worst objective to the bound, None where it says nothing."""

    side: Side
    size: float
    round: int
    ratio: float | None
    failed: bool


def galleries(view: RedlineView) -> tuple[Gallery, ...]:
    """The pictures of a search; none without a run."""
    brackets, search = view.record.redlines.brackets, view.record.plan.search
    dots = [dot for each in brackets for dot in _dots(each)]
    if search is None or not dots:
        return ()
    about = (
        "A dot is one run on a freshly started component. × is a run that failed, ○ one that says"
        " nothing of the component."
    )
    return (
        Gallery(
            name="runs",
            title="Every run",
            about=about,
            pictures=[*_nearness(brackets, search, dots), _order(search, dots)],
            legend=bool(view.base),
        ),
    )


def _dots(bracket: Bracket) -> Iterator[Dot]:
    for step in bracket.steps:
        for trial in step.trials:
            yield _dot(bracket.side, step, trial)


def _dot(side: Side, step: Step, trial: Trial) -> Dot:
    ratio = None if trial.excess is None else exp(trial.excess)
    return Dot(
        side=side,
        size=step.size,
        round=trial.round,
        ratio=ratio,
        failed=trial.outcome == "failed",
    )


def _nearness(
    brackets: Sequence[Bracket], search: Search, dots: Sequence[Dot]
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


def _near(brackets: Sequence[Bracket], dots: Sequence[Dot]) -> list[Dot]:
    ends = [end for each in brackets for end in (each.met, each.missed) if end is not None]
    if not ends:
        return []
    low, high = min(ends) / _ABOUT, max(ends) * _ABOUT
    return [dot for dot in dots if low <= dot.size <= high]


def _drawn(name: str, brackets: Sequence[Bracket], search: Search, dots: Sequence[Dot]) -> str:
    return canvas.draw(
        name,
        title=f"worst objective by {plain(search.axis)}",
        description="; ".join(_told(each, search) for each in brackets),
        height=3.1,
        paint=lambda axes: _paint_nearness(axes, brackets, search, dots),
    )


def _told(bracket: Bracket, search: Search) -> str:
    met, missed = (units.quantity(search.unit, size) for size in (bracket.met, bracket.missed))
    return f"{bracket.side.value}: met at {met}, missed at {missed}"


def _paint_nearness(
    axes: Axes, brackets: Sequence[Bracket], search: Search, dots: Sequence[Dot]
) -> None:
    ratios = [min(max(dot.ratio, _LOWEST), _HIGHEST) for dot in dots if dot.ratio is not None]
    top = max([2.0, *(r * 1.25 for r in ratios)])
    bottom = min([0.5, *(r * 0.8 for r in ratios)]) * 0.6  # room for the brackets
    axes.set_yscale("log")
    axes.set_ylim(bottom, top)
    axes.set_xscale("log")
    _size_axis(axes.xaxis, search, dots)
    axes.set_xlim(*_limits(dots))
    axes.axhline(1.0, color=canvas.INK, lw=1.0)
    for bracket in brackets:
        _bracket(axes, bracket, _limits(dots))
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


def _scatter(axes: Axes, dots: Sequence[Dot], bottom: float, top: float) -> None:
    for dot in dots:
        place, colour = dot.size * _ASIDE[dot.side], _COLOURS[dot.side]
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
    colour, lane = _COLOURS[bracket.side], _LANES[bracket.side]
    place = axes.get_xaxis_transform()
    axes.axvspan(low, high, color=colour, alpha=0.13, lw=0)
    axes.plot([low, high], [lane, lane], transform=place, color=colour, lw=3.2, zorder=3)
    for end, known in ((low, bracket.met), (high, bracket.missed)):
        if known is not None:
            reach = (lane - 0.022, lane + 0.022)
            axes.plot([end, end], reach, transform=place, color=colour, lw=1.6, zorder=3)


def _order(search: Search, dots: Sequence[Dot]) -> Picture:
    svg = canvas.draw(
        "redline-order",
        title=f"{plain(search.axis)} run after run",
        description=f"{units.count(len(dots), 'run')} in the order in which they ran.",
        height=3.1,
        paint=lambda axes: _paint_order(axes, search, dots),
    )
    caption = "filled: within the bound; hollow: beyond it"
    return Picture(title=f"{plain(search.axis)} by round", caption=caption, svg=svg)


def _paint_order(axes: Axes, search: Search, dots: Sequence[Dot]) -> None:
    axes.set_yscale("log")
    _size_axis(axes.yaxis, search, dots)
    axes.set_ylim(*_limits(dots))
    for side in Side:
        own = sorted((dot for dot in dots if dot.side is side), key=lambda dot: dot.round)
        colour = _COLOURS[side]
        rounds, sizes = [dot.round for dot in own], [dot.size * _ASIDE[side] for dot in own]
        axes.plot(rounds, sizes, color=colour, lw=0.9, alpha=0.55)
        for dot, size in zip(own, sizes, strict=True):
            _mark(axes, dot, size, colour)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlabel("round")
    axes.grid(visible=True, axis="y")
    axes.tick_params(length=0)


def _mark(axes: Axes, dot: Dot, size: float, colour: str) -> None:
    if dot.failed:
        axes.scatter([dot.round], [size], marker="x", s=22, color=colour, zorder=4)
        return
    within = dot.ratio is not None and dot.ratio <= 1
    edge = colour if dot.ratio is not None else canvas.TONES[Tone.VOID]
    fill = colour if within else canvas.CARD
    axes.scatter([dot.round], [size], s=18, facecolors=fill, edgecolors=edge, lw=1.1, zorder=3)


def _size_axis(axis: Axis, search: Search, dots: Sequence[Dot]) -> None:
    """A logarithmic axis with a few of the sizes that were tried as its ticks."""
    axis.set_major_locator(FixedLocator(_ticks(sorted({dot.size for dot in dots}))))
    axis.set_minor_locator(NullLocator())
    axis.set_minor_formatter(NullFormatter())
    axis.set_major_formatter(FuncFormatter(lambda size, _: units.quantity(search.unit, size)))


def _ticks(sizes: Sequence[float]) -> list[float]:
    """The ends, and those between them that are far enough apart for their labels."""
    low, high = sizes[0], sizes[-1]
    gap = (high / low) ** (1 / _MOST_TICKS)
    chosen = [low]
    for size in sizes[1:-1]:
        if size >= chosen[-1] * gap and size * gap <= high:
            chosen.append(size)
    return [*chosen, high] if high > low else chosen


def _limits(dots: Sequence[Dot]) -> tuple[float, float]:
    sizes = [dot.size for dot in dots]
    low, high = min(sizes), max(sizes)
    room = max(1.03, (high / low) ** 0.06)
    return low / room, high * room
