"""Estimates with their posterior: location, error, p and quantiles of many rows at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from scipy.special import ndtr, ndtri

from loadstone.stats.common.samples import Floats


@dataclass(frozen=True, kw_only=True)
class ScalePrior:
    """Prior of each row's log scale, and the tails of its noise. Scales are of one log-ratio."""

    center: Floats  # of log s
    spread: Floats  # standard deviation of log s about it
    floor: Floats  # the smallest s that the row's instrument can show
    nu: Floats  # degrees of freedom of the noise

    def of(self, rows: slice) -> ScalePrior:
        """Some of the rows."""
        return ScalePrior(
            center=self.center[rows],
            spread=self.spread[rows],
            floor=self.floor[rows],
            nu=self.nu[rows],
        )


@dataclass(frozen=True, kw_only=True)
class Estimates:
    """Location estimates, one per row; NaN where there are fewer than two pairs."""

    n: Floats  # pairs
    location: Floats  # mode of μ, a log-ratio
    scale: Floats  # mode of s
    error: Floats  # standard error of `location`
    weights: Floats  # rows × rounds: how much each pair counts, 1 is an ordinary one
    trust: Floats  # the part of the weight that the other metrics of its runs decide
    p: Floats  # two-sided, of "no change"
    grid: Floats  # rows × nodes: μ
    mass: Floats  # rows × nodes: cumulated probability of μ

    def quantile(self, probability: float | Floats) -> Floats:
        """Rows of the quantile of μ at this probability, or at each row's own."""
        wanted = np.broadcast_to(np.asarray(probability, dtype=float), self.n.shape)
        place = np.clip((self.mass < wanted[:, None]).sum(axis=1), 1, self.mass.shape[1] - 1)
        rows = np.arange(place.size)
        low, high = (_logit(self.mass[rows, place - k]) for k in (1, 0))
        part = np.clip((_logit(wanted) - low) / np.maximum(high - low, 1e-9), 0, 1)
        start, end = self.grid[rows, place - 1], self.grid[rows, place]
        return np.asarray(np.where(self.n >= 2, start + part * (end - start), np.nan))

    def widened(self, factor: Floats) -> Estimates:
        """The estimates with every error, interval and z rescaled by a factor per row."""
        spread = (self.grid - self.location[:, None]) * factor[:, None]
        with np.errstate(all="ignore"):
            z = ndtri(self.p / 2) / factor
        return replace(
            self,
            error=self.error * factor,
            p=2 * ndtr(z),
            grid=self.location[:, None] + spread,
        )

    def half(self, level: Floats) -> Floats:
        """Half the width of each row's central interval at confidence 1 − `level`."""
        outside = np.clip(level, 1e-9, 1 - 1e-9) / 2
        return (self.quantile(1 - outside) - self.quantile(outside)) / 2


def joined(several: Sequence[Estimates]) -> Estimates:
    """Concatenation of several estimates, row after row."""
    names = Estimates.__dataclass_fields__
    return Estimates(
        **{name: np.concatenate([getattr(one, name) for one in several]) for name in names}
    )


def _logit(probability: Floats) -> Floats:
    clipped = np.clip(probability, 1e-12, 1 - 1e-12)
    return np.asarray(np.log(clipped) - np.log1p(-clipped))
