"""Between-session variance: how much sessions differ when the code does not.

A session's mean log of a row is `code + shared + own + runs`: `shared` moves all cases of a metric
alike (a slower machine), `own` moves one row (a placement, a kernel's mood), and both are drawn
anew in each session, so more rounds do not reduce them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from loadstone.model import CasePlan, Run, Side
from loadstone.stats.common.location import mode
from loadstone.stats.common.samples import HISTOGRAM, Floats, collect, measurements, places
from loadstone.stats.comparison import failures

NU = 4.0  # tails of a run's noise
_FACTOR = (NU + 3) / (NU + 1)  # variance of the estimate of location, by scale²/n
_SMALLEST = 0.005  # τ at least: sessions that agree better than this were lucky


@dataclass(frozen=True, kw_only=True)
class Tau:
    """Variance components between sessions, as standard deviations of a log."""

    shared: float = 0.08  # by all cases of a metric; cold: machines of one type differ by 6–10 %
    own: float = 0.04  # by one row
    freedom: float = 8.0  # degrees of freedom that both are known with


@dataclass(frozen=True, kw_only=True)
class Drift:
    """Between-session variance of every metric."""

    metrics: Mapping[str, Tau] = field(default_factory=dict)  # by name
    sessions: int = 0  # that taught it
    cold: Tau = field(default_factory=Tau)  # where nothing was learnt

    def of(self, metric: str) -> Tau:
        """τ of a metric; the cold one where nothing was learnt."""
        return self.metrics.get(metric, self.cold)


@dataclass(frozen=True, kw_only=True)
class Level:
    """Level of one side of a session, by row; NaN where fewer than two runs have a logarithm."""

    center: Floats  # mean of logs
    variance: Floats  # of that mean, from the runs alone
    n: Floats  # runs
    values: Floats  # rows × rounds, in the metric's unit


def level(runs: Iterable[Run], plans: Sequence[CasePlan], side: Side = Side.HEAD) -> Level:
    """Estimate the level of one side of a session."""
    own = [run for run in runs if run.side is side]
    table = collect([*measurements(own, plans), *failures.measured(own, plans)], plans)
    values = table.head if side is Side.HEAD else table.base
    with np.errstate(all="ignore"):
        logs = np.log(np.where(np.isfinite(values) & (values > 0), values, np.nan))
        n = np.isfinite(logs).sum(axis=1).astype(float)
        none, size = np.zeros(len(n)), len(n)
        center, scale, _ = mode(logs, none, none, np.full(size, HISTOGRAM), np.full(size, NU))
        enough = n >= 2
        return Level(
            center=np.where(enough, center, np.nan),
            variance=np.where(enough, _FACTOR * scale**2 / n, np.nan),
            n=n,
            values=values,
        )


def learn(
    sessions: Sequence[Sequence[Run]], plans: Sequence[CasePlan], cold: Tau | None = None
) -> Drift:
    """Estimate τ of every metric from the head runs of earlier sessions, in the order of time.

    Neighbouring sessions are compared (von Neumann 1941), so a step between two revisions counts
    once and not in every session after it. The cold values count as much as their degrees of
    freedom.
    """
    cold = cold or Tau()
    levels = [level(runs, plans) for runs in sessions]
    names = [metric.name for plan in plans for metric in plan.metrics]
    numbers = places(names)
    if len(levels) < 2:
        return Drift(sessions=len(levels), cold=cold)
    steps = np.diff([each.center for each in levels], axis=0)  # sessions − 1 × rows
    noise = np.array([a.variance + b.variance for a, b in pairwise(levels)])
    found = {
        name: _tau(steps[:, numbers == number], noise[:, numbers == number], cold)
        for number, name in enumerate(dict.fromkeys(names))
    }
    return Drift(metrics=found, sessions=len(levels), cold=cold)


def _tau(steps: Floats, noise: Floats, cold: Tau) -> Tau:
    """Moment estimate of τ from steps between neighbouring sessions, rows × cases."""
    known = np.isfinite(steps) & np.isfinite(noise)
    usable = known.any(axis=1)
    steps, noise, known = steps[usable], noise[usable], known[usable]
    count = known.sum(axis=1)
    if not len(steps):
        return cold
    common = np.array([np.median(row[seen]) for row, seen in zip(steps, known, strict=True)])
    left = np.where(known, steps - common[:, None], 0.0)
    several = count >= 3
    inner = left[several] ** 2 * (count / np.maximum(count - 1, 1))[several, None]
    own2 = cold.own**2
    weight = 0.0
    if several.any():
        rows = known[several]
        found = float(np.mean(inner[rows] - noise[several][rows])) / 2
        weight = 2 / 3 * float(several.sum())
        own2 = _mixed(found, weight * 2, cold.own, cold.freedom)  # several cases say more
    mean_noise = np.where(known, noise, 0).sum(axis=1) / count
    shared = float(np.mean(common**2 - (mean_noise + 2 * own2) * 1.57 / count)) / 2
    weight = 2 / 3 * len(steps)
    return Tau(
        shared=_mixed(shared, weight, cold.shared, cold.freedom) ** 0.5,
        own=own2**0.5,
        freedom=cold.freedom + weight,
    )


def _mixed(found: float, weight: float, cold: float, belief: float) -> float:
    """Shrinkage of a variance towards the cold one, by degrees of freedom."""
    mixed = (weight * max(found, 0.0) + belief * cold**2) / (weight + belief)
    return max(mixed, _SMALLEST**2)
