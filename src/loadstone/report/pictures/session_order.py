"""The order of a session: one metric run after run; what drifts hits both sides alike."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median, quantiles

from matplotlib.axes import Axes
from matplotlib.ticker import MaxNLocator

from loadstone.model import Record, Side
from loadstone.report.common import units
from loadstone.report.common.tones import Tone
from loadstone.report.pictures import Picture, canvas

_COLOURS = {Side.BASE: canvas.BASE, Side.HEAD: canvas.HEAD}
_DOTTED = 300  # runs; more are lines alone


@dataclass(frozen=True, kw_only=True)
class RunDot:
    """One run: its place in the session, its value against the median of its case and side."""

    order: int
    value: float
    side: Side
    valid: bool


def picture(record: Record, metric: str, title: str, name: str) -> Picture | None:
    """All runs of one metric in the order in which they ran; None for fewer than four."""
    dots = _dots(record, metric)
    if len(dots) < 4:
        return None
    svg = canvas.draw(
        name,
        title=f"{title} over the session",
        description=f"{units.count(len(dots), 'run')} in the order in which they ran.",
        height=1.75,
        paint=lambda axes: _paint(axes, dots),
    )
    return Picture(title=title, caption=_caption(dots), svg=svg)


def _dots(record: Record, metric: str) -> list[RunDot]:
    centres = _centres(record, metric)
    return sorted(
        (
            RunDot(
                order=run.order,
                value=run.values[metric] / centres[run.case, run.side] - 1,
                side=run.side,
                valid=run.valid,
            )
            for run in record.runs
            if metric in run.values and centres.get((run.case, run.side), 0.0) > 0
        ),
        key=lambda dot: dot.order,
    )


def _centres(record: Record, metric: str) -> Mapping[tuple[str, Side], float]:
    groups: dict[tuple[str, Side], list[float]] = {}
    for run in record.runs:
        if run.valid and metric in run.values:
            groups.setdefault((run.case, run.side), []).append(run.values[metric])
    return {key: median(values) for key, values in groups.items()}


def _caption(dots: Sequence[RunDot]) -> str:
    void = sum(not dot.valid for dot in dots)
    return f"× marks {units.count(void, 'run')} left out" if void else ""


def _paint(axes: Axes, dots: Sequence[RunDot]) -> None:
    low, high = _limits([dot.value for dot in dots])
    for side in Side:
        own = [dot for dot in dots if dot.side is side and dot.valid]
        orders = [dot.order + 1 for dot in own]
        values = [min(max(dot.value, low), high) for dot in own]
        axes.plot(orders, values, color=_COLOURS[side], lw=0.9, alpha=0.55)
        if len(dots) <= _DOTTED:
            axes.scatter(orders, values, s=13, color=_COLOURS[side], lw=0, zorder=3)
    void = [dot for dot in dots if not dot.valid]
    crosses = [min(max(dot.value, low), high) for dot in void]
    colour = canvas.TONES[Tone.VOID]
    axes.scatter([dot.order + 1 for dot in void], crosses, marker="x", s=22, color=colour, zorder=4)
    axes.axhline(0, color=canvas.SOFT, lw=0.8)
    axes.set_ylim(low, high)
    canvas.percent_axis(axes.yaxis, low, high, most=4)
    axes.xaxis.set_major_locator(MaxNLocator(6, integer=True))
    axes.set_xlabel("run")
    axes.grid(visible=True, axis="y")
    axes.tick_params(length=0)


def _limits(values: Sequence[float]) -> tuple[float, float]:
    cuts = quantiles(values, n=50)
    reach = max(abs(cuts[0]), abs(cuts[-1]), 0.001) * 1.25
    return -reach, reach
