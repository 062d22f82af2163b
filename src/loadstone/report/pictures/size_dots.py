"""The runs of a search as dots, and the axis of their sizes."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import exp

from matplotlib.axis import Axis
from matplotlib.ticker import FixedLocator, FuncFormatter, NullFormatter, NullLocator

from loadstone.model import Bracket, Search, Side, SizeResult, SizeRun
from loadstone.report.common import units
from loadstone.report.pictures import canvas

COLOURS: Mapping[Side, str] = {Side.BASE: canvas.BASE, Side.HEAD: canvas.HEAD}
_ASIDE = {Side.BASE: 0.988, Side.HEAD: 1.012}  # so that both sides' dots of one size are seen
_MOST_TICKS = 5


@dataclass(frozen=True, kw_only=True)
class SizeRunDot:
    """One run: `ratio` of its worst objective to the bound, None where it says nothing."""

    side: Side
    size: float
    round: int
    ratio: float | None
    failed: bool

    @property
    def place(self) -> float:
        """Where it is drawn: a little aside of its size."""
        return self.size * _ASIDE[self.side]


def dots_of(bracket: Bracket) -> Iterator[SizeRunDot]:
    """Every run of a side."""
    for step in bracket.steps:
        for trial in step.trials:
            yield _dot(bracket.side, step, trial)


def _dot(side: Side, step: SizeResult, trial: SizeRun) -> SizeRunDot:
    ratio = None if trial.excess is None else exp(trial.excess)
    return SizeRunDot(
        side=side,
        size=step.size,
        round=trial.round,
        ratio=ratio,
        failed=trial.outcome == "failed",
    )


def size_axis(axis: Axis, search: Search, dots: Sequence[SizeRunDot]) -> None:
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


def limits(dots: Sequence[SizeRunDot]) -> tuple[float, float]:
    """The smallest and the largest size, with some room."""
    sizes = [dot.size for dot in dots]
    low, high = min(sizes), max(sizes)
    room = max(1.03, (high / low) ** 0.06)
    return low / room, high * room
