"""Case-level tests: a global test per case over all its metrics, where small changes show first.

Round by round, the mean of a case's log-ratios, each turned so that up is worse and weighed by the
inverse square of its scale. It is counted in standard deviations that the mean of unrelated metrics
would have, so that cases are alike and lend one another their scales. The test opens a case: what
is flagged in it are its rows, tested among themselves (cases before rows: Benjamini and Bogomolov
2014).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from loadstone.model import Direction, Metric
from loadstone.stats.common import prior
from loadstone.stats.common.estimates import Estimates, ScalePrior
from loadstone.stats.common.location import estimate
from loadstone.stats.common.prior import Places, RowIndex, extent
from loadstone.stats.common.samples import Floats
from loadstone.stats.comparison.placement import reaches, with_shift

WAYS = {Direction.LOWER: 1.0, Direction.HIGHER: -1.0, Direction.NONE: 0.0}
PRESENT = 0.6  # a round counts when this share of the case's rows was measured in it
_FLOOR = 1e-3


@dataclass(frozen=True, kw_only=True)
class CaseTests:
    """Case-level tests, one per case of at least two metrics that move."""

    cases: Places
    unit: Floats  # the log-ratio that 1 stands for
    bias: Floats  # standard deviation, in units
    estimates: Estimates  # in units; up is worse

    @property
    def log_ratios(self) -> Floats:
        """How far each case moved, all metrics together."""
        return self.estimates.location * self.unit

    @property
    def errors(self) -> Floats:
        """Standard errors of `log_ratios`."""
        return self.estimates.error * self.unit

    def widened(self, factor: Floats) -> CaseTests:
        """The tests with every error rescaled."""
        return replace(self, estimates=self.estimates.widened(factor))

    def with_shift(self, shift: float, shared: float) -> CaseTests:
        """The tests with a common shift beside their bias, which is `shared` times that of rows."""
        reach = reaches(shift / self.unit, self.bias / shared)
        return replace(
            self, estimates=with_shift(self.estimates, reach), bias=np.hypot(self.bias, reach)
        )


def case_tests(
    ratios: Floats,
    rows: Estimates,
    scale: ScalePrior,
    cases: Places,
    metrics: Sequence[Metric],
    kappa: Floats,
    bias: Floats,
) -> CaseTests:
    """Weighted-mean test of every case; rows of ungated metrics and without noise say nothing.

    `ratios`: rows × rounds; `rows`, `scale`: their estimates and priors; `kappa`, `bias`: per row.
    """
    ways = np.array([WAYS[one.direction] * one.gated for one in metrics])
    moves = (rows.n >= 2) & (ways != 0) & (extent(ratios) > 2 * scale.floor)
    size = np.nan_to_num(rows.scale, nan=1.0)
    middle = np.nan_to_num(rows.location)[:, None]
    tame = np.clip(ratios, middle - 3 * size[:, None], middle + 3 * size[:, None])
    found, named, unit, wide, off = [], [], [], [], []
    for case in np.unique(cases[moves]):
        inside = np.flatnonzero((cases == case) & moves)
        if inside.size < 2:
            continue
        known = np.isfinite(ratios[inside])
        weight = np.where(known, size[inside, None] ** -2.0, 0.0)
        total = weight.sum(axis=0)
        with np.errstate(all="ignore"):
            mean = np.where(known, tame[inside] * ways[inside, None] * weight, 0.0).sum(axis=0)
            mean = mean / np.sqrt(total)
        found.append(np.where(known.mean(axis=0) >= PRESENT, mean, np.nan))
        unit.append(float(np.max(total)) ** -0.5)
        wide.append(float(kappa[inside].mean()))
        off.append(float(bias[inside].mean()))
        named.append(int(case))
    table = np.array(found).reshape(len(named), ratios.shape[1])
    floor, places = np.full(len(named), _FLOOR), np.arange(len(named))
    alike = RowIndex(cases=places, metrics=np.zeros_like(places))
    shift = np.array(off) / np.array(unit)
    believed = prior.scale_priors(table, floor, alike)
    return CaseTests(
        cases=np.array(named, dtype=np.int64),
        unit=np.array(unit),
        bias=shift,
        estimates=estimate(table, believed, np.array(wide), bias=shift),
    )
