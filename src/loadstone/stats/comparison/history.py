"""Noise model learnt from earlier unchanged reports of the same suite in the same environment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from scipy.special import bdtrc

from loadstone.stats.common import prior
from loadstone.stats.common.prior import ExpectedScale
from loadstone.stats.common.samples import Floats, Samples

HISTORY_VERSION = 1
ALARM = 0.01  # p of a row that alarms
UNSTABLE = 1e-4  # a row that alarms more often than this could happen by chance is not gated


@dataclass(frozen=True, kw_only=True)
class Noise:
    """Noise of one row in the past: the mean log scale of a round's log-ratio, and its alarms."""

    center: float  # precision-weighted mean of log s
    weight: float  # inverse of that mean's variance
    reports: int = 0  # how many taught it
    alarms: int = 0  # in how many the row's own p was below 1 % though nothing had been found


@dataclass(frozen=True, kw_only=True)
class History:
    """Noise model: scales by row, calibration and bias by metric; empty when nothing is known."""

    rows: Mapping[str, Mapping[str, Noise]] = field(default_factory=dict)  # case → metric → noise
    kappa: Mapping[str, float] = field(default_factory=dict)  # metric → factor on the error …
    bias: Mapping[str, float] = field(default_factory=dict)  # metric → sd of a lasting log-ratio
    rounds: float = 0.0  # … where a row had so many
    reports: int = 0  # that were learnt from
    version: int = HISTORY_VERSION

    def expected(self, table: Samples) -> ExpectedScale | None:
        """Expected log scale of every row of `table`; None if no row is known.

        A row that history does not know gets what its case's and its metric's other rows suggest.
        """
        known = [self._noise(table, row) for row in range(len(table.cases))]
        weight = np.array([noise.weight if noise else 0.0 for noise in known])
        if not weight.any():
            return None
        center = np.array([noise.center if noise else 0.0 for noise in known])
        with np.errstate(divide="ignore"):
            own = ExpectedScale(center=center, variance=1 / weight)
        others = prior.smooth(own, prior.row_index(table), prior.COLD)
        total = weight + 1 / others.variance
        return ExpectedScale(
            center=(weight * center + others.center / others.variance) / total, variance=1 / total
        )

    def calibrations(self, table: Samples) -> Floats:
        """Calibration factor κ on the standard error of every row of `table`.

        What makes errors wider than rounds say lasts for a session, and more rounds do not reduce
        it: beside what they do reduce, its variance grows with their number.
        """
        kappa = np.array([self.kappa.get(metric.name, 1.0) for metric in table.metrics])
        rounds = np.isfinite(table.ratios).sum(axis=1) / (self.rounds or np.inf)
        lasting = np.sqrt(np.maximum(1 + (kappa**2 - 1) * rounds, 1.0))
        return np.where((kappa > 1) & (self.rounds > 0), lasting, kappa)

    def unstable(self, case: str, metric: str) -> bool:
        """Whether a row alarmed in more unchanged reports than a calibrated one ever would.

        A one-sided binomial test at `UNSTABLE`.
        """
        noise = self.rows.get(case, {}).get(metric)
        if noise is None or noise.alarms < 2:
            return False
        return bool(bdtrc(noise.alarms - 1, noise.reports, ALARM) < UNSTABLE)

    def _noise(self, table: Samples, row: int) -> Noise | None:
        return self.rows.get(table.cases[row], {}).get(table.metrics[row].name)
