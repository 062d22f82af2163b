"""Latency by percentile: every round a thin line, all rounds of a side together a thick one."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FixedLocator, FuncFormatter, LogLocator, NullFormatter

from loadstone.model import Record, Run, Side
from loadstone.report.common import units
from loadstone.report.pictures import Picture, canvas, histograms
from loadstone.report.pictures.histograms import Curve

_COLOURS = {Side.BASE: canvas.BASE, Side.HEAD: canvas.HEAD}
_TICKS = {0.0: "0", 0.30103: "50", 1.0: "90", 2.0: "99", 3.0: "99.9", 4.0: "99.99", 5.0: "99.999"}


def picture(record: Record, case: str, short: str, kind: str, name: str) -> Picture | None:
    """One case's histograms called `kind`; None when neither side has one that can be read."""
    sides = {side: _curves(record.runs, case, kind, side) for side in Side}
    if not any(sides.values()):
        return None
    rounds = max(len(curves) - 1 for curves in sides.values())
    svg = canvas.draw(
        name,
        title=f"{kind} by percentile, {short}",
        description=_description(sides),
        height=2.75,
        paint=lambda axes: _paint(axes, sides),
    )
    caption = f"{units.count(rounds, 'round')} a side; up: slower"
    return Picture(title=f"{kind}, {short}", caption=caption, svg=svg)


def _curves(runs: Sequence[Run], case: str, kind: str, side: Side) -> list[Curve]:
    """A curve for each round, and last the one for all of them; none without a round."""
    found = histograms.of_runs(runs, case, kind, side)
    if not found:
        return []
    everything = [*found, histograms.merged(found)]
    curves = [histograms.curve(histogram) for histogram in everything]
    return curves if curves[-1].seconds else []


def _paint(axes: Axes, sides: dict[Side, list[Curve]]) -> None:
    for side, curves in sides.items():
        for single in curves[:-1]:
            axes.plot(single.nines, single.seconds, color=_COLOURS[side], lw=0.7, alpha=0.45)
        for total in curves[-1:]:
            axes.plot(total.nines, total.seconds, color=_COLOURS[side], lw=2.2)
    end = max(curves[-1].nines[-1] for curves in sides.values() if curves)
    axes.set_yscale("log")
    axes.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
    axes.yaxis.set_minor_formatter(NullFormatter())
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: units.exact("s", value)))
    axes.tick_params(which="minor", length=0)
    axes.set_xlim(0, end * 1.02 + 0.05)
    shown = [tick for tick in _TICKS if tick <= end + 0.05]
    axes.xaxis.set_major_locator(FixedLocator(shown))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _TICKS.get(value, "")))
    axes.set_xlabel("percentile")
    axes.grid(visible=True, which="major")
    axes.tick_params(length=0)


def _description(sides: dict[Side, list[Curve]]) -> str:
    told = []
    for side, curves in sides.items():
        for total in curves[-1:]:
            low, high = (units.quantity("s", end) for end in (total.seconds[0], total.seconds[-1]))
            rounds = units.count(len(curves) - 1, "round")
            told.append(f"{side.value}: {total.count:,} requests in {rounds}, {low} to {high}")
    return "; ".join(told)
