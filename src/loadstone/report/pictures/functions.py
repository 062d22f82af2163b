"""The functions of a profile diff that changed most, as bars."""

from __future__ import annotations

from collections.abc import Sequence

from matplotlib.axes import Axes
from matplotlib.ticker import FuncFormatter, MaxNLocator

from loadstone.model import ProfileRow
from loadstone.report.common import units
from loadstone.report.common.plain import plain
from loadstone.report.common.rows import ProfileTable
from loadstone.report.common.tones import Tone
from loadstone.report.pictures import Picture, canvas

_TOP = 10
_WIDEST = 44


def picture(table: ProfileTable, name: str) -> Picture | None:
    """Bars of the change per run; None for a diff without functions."""
    rows = table.diff.rows[:_TOP]
    if not rows:
        return None
    svg = canvas.draw(
        name,
        title=f"{table.kind} profile, {table.short}",
        description="; ".join(f"{line.function}: {line.delta}" for line in table.lines[:_TOP]),
        height=0.6 + 0.4 * len(rows),
        paint=lambda axes: _paint(axes, rows, table.diff.unit),
    )
    title = f"{table.kind}, {table.short}"
    return Picture(
        title=title, caption=f"change per {table.unit}, right: more in the head", svg=svg
    )


def _paint(axes: Axes, rows: Sequence[ProfileRow], unit: str) -> None:
    reach = max((abs(end) for row in rows for end in _ends(row)), default=0.0) or 1.0
    for index, row in enumerate(rows):
        colour = _colour(row)
        axes.barh(-index - 0.2, row.delta, height=0.34, color=colour, lw=0)
        axes.plot(_ends(row), [-index - 0.2] * 2, color=canvas.INK, lw=1.0, zorder=3)
        label = short(row.function)
        place = axes.get_yaxis_transform()
        axes.text(0.0, -index + 0.22, label, transform=place, va="center", size=9.5)
    axes.axvline(0, color=canvas.SOFT, lw=0.8)
    axes.set_xlim(-reach * 1.08, reach * 1.08)
    axes.set_ylim(-len(rows) + 0.45, 0.55)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.xaxis.set_major_locator(MaxNLocator(4, symmetric=True))
    axes.xaxis.set_major_formatter(FuncFormatter(lambda value, _: _tick(unit, value, reach)))
    axes.set_xlabel(units.scale(unit, reach).symbol)
    axes.grid(visible=True, axis="x")
    axes.tick_params(length=0)


def _tick(unit: str, value: float, reach: float) -> str:
    number = f"{value / units.scale(unit, reach).factor:+.3g}".replace("-", "−")
    return "0" if value == 0 else number


def _ends(row: ProfileRow) -> tuple[float, float]:
    """The interval of the change; without one, the change itself."""
    if row.low is None or row.high is None:
        return row.delta, row.delta
    return row.low, row.high


def _colour(row: ProfileRow) -> str:
    """Coloured when it changed beyond noise, or when nobody can say."""
    if row.p is not None and not row.changed:
        return canvas.BASE
    low, high = _ends(row)
    if low <= 0 <= high and low != high:
        return canvas.BASE
    return canvas.TONES[Tone.BAD if row.delta > 0 else Tone.GOOD]


def short(function: str) -> str:
    """The end of a function's name, which tells more than its path."""
    name = plain(function).rsplit("/", 1)[-1]
    return name if len(name) <= _WIDEST else "…" + name[-_WIDEST + 1 :]
