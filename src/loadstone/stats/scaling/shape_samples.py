"""Samples of shapes: scaling exponents of every metric over every sweep, round by round."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from loadstone.model import Direction, Metric, Side
from loadstone.stats.common.means import Mean, mean
from loadstone.stats.common.samples import Floats, Samples
from loadstone.stats.scaling.size_sweeps import SizeSweep, exponents, logarithms

FLOOR = 0.002  # standard deviation of a round's exponent that is believed at least


@dataclass(frozen=True, kw_only=True)
class ShapeSample:
    """Sample of a shape: exponents of one metric over one sweep, with their paired difference."""

    sweep: SizeSweep
    metric: Metric
    values: Mapping[Side, Floats]  # sizes × rounds
    slopes: Mapping[Side, Floats]  # exponent by round
    rounds: Sequence[int]
    difference: Mean | None  # of the exponents, head − base
    largest: Mean | None  # ln(head / base) at the largest size
    follows: bool  # whether a row of it is known to have changed

    @property
    def paired(self) -> int:
        """Rounds with all sizes on both sides."""
        return int(np.isfinite(self.slopes[Side.HEAD] - self.slopes[Side.BASE]).sum())

    @property
    def p(self) -> float:
        """Of equal exponents; NaN where that is not tested."""
        if self.difference is None or self.metric.direction is Direction.NONE:
            return float("nan")
        # n counts agree on one number and n on another with chance 2·4⁻ⁿ at most, whatever they are
        least = 2 * 4.0**-self.difference.n if self.metric.counted else 0.0
        return max(self.difference.p, least)


def samples(
    table: Samples, found: Sequence[SizeSweep], changed: Collection[tuple[str, str]]
) -> Iterator[ShapeSample]:
    """Fit every metric of every sweep. `changed`: rows (case, metric) known to have changed."""
    names = zip(table.cases, table.metrics, strict=True)
    place = {(case, metric.name): row for row, (case, metric) in enumerate(names)}
    for sweep in found:
        sizes = np.array(sweep.sizes)
        for metric in sweep.metrics:
            rows = [place[case, metric.name] for case in sweep.cases]
            values = {Side.BASE: table.base[rows], Side.HEAD: table.head[rows]}
            slopes = {side: exponents(sizes, values[side]) for side in Side}
            top = {side: logarithms(values[side][-1]) for side in Side}
            yield ShapeSample(
                sweep=sweep,
                metric=metric,
                values=values,
                slopes=slopes,
                rounds=table.rounds,
                difference=mean(slopes[Side.HEAD] - slopes[Side.BASE], FLOOR),
                largest=mean(top[Side.HEAD] - top[Side.BASE]),
                follows=any((case, metric.name) in changed for case in sweep.cases),
            )
