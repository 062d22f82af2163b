"""Where a row's log-ratios lie, and how surely: the paired t statistics of many rows at once."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from scipy.special import stdtr, stdtrit

from loadstone.stats.samples import Floats


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """One estimate per row: a log-ratio, its standard error, its df; NaN is unknown."""

    n: Floats  # pairs
    location: Floats  # log-ratio
    scale: Floats  # of one round's log-ratio
    error: Floats  # standard error of `location`
    df: Floats

    @property
    def p(self) -> Floats:
        """Two-sided p-values of "no change"; NaN where there is no estimate."""
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.asarray(2 * stdtr(self.df, -np.abs(self.location / self.error)))

    def reach(self, level: float) -> Floats:
        """Half-width of the two-sided interval at `level`, in log-ratio."""
        return np.asarray(stdtrit(self.df, 0.5 + level / 2) * self.error)


def paired_t(ratios: Floats, floor: Floats) -> Estimates:
    """Mean, standard deviation (at least `floor`, per row) and paired t of each row."""
    known = np.isfinite(ratios)
    n = known.sum(axis=1).astype(float)
    filled = np.where(known, ratios, 0.0)
    enough = n >= 2
    count = np.where(enough, n, np.nan)
    mean = filled.sum(axis=1) / count
    spread = np.where(known, ratios - mean[:, None], 0.0)
    scale = np.maximum(np.sqrt((spread**2).sum(axis=1) / (count - 1)), floor)
    return Estimates(n=n, location=mean, scale=scale, error=scale / np.sqrt(count), df=count - 1)
