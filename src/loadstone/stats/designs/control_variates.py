"""Control variates of solo rows: a pair's drift, read off a neighbour that did the same work.

In solo rounds the machine drifts between the two runs of a pair, and what it does to the component
it does to its neighbours: the upstream, whose CPU time per request goes with the component's, and
the generator, whose CPU time goes with what a request waits for. So of each pair's log-ratio d a
part of the neighbour's log-ratio v is taken off (Lavenberg and Welch 1981),

    d − b·v,    0 ≤ b ≤ 1

With v expected to be 0, the mean stays what it was and most of the drift is gone. b is estimated
from these pairs, shrunk towards `USUAL` as if that had been seen in `BELIEF` pairs, and the error
pays for it: by the regression's own error at v = 0, and in degrees of freedom.

If head makes its neighbour really work more, v is not 0 and the change is hidden, or one is seen
where there is none. Where v itself changed beyond noise, nothing is taken off. But a change that is
smaller than v's noise passes that test, and all that is gained here is v's noise. So an adjusted
row is shown beside the row and never gates (docs/decisions/0190-adjusted-rows-do-not-gate.md).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from math import expm1, log, sqrt

import numpy as np
from scipy.special import stdtr, stdtrit

from loadstone.model import Adjustment, CasePlan, Comparison, Design, Interval, Metric, Run, Side
from loadstone.model.reasons import Part, part
from loadstone.stats.common.samples import HISTOGRAM, LARGEST, Floats

# What drifts with a part, and is none of the component's.
VARIATES = {Part.CPU: "upstream.cpu_seconds", Part.LATENCY: "generator.cpu_seconds"}
PER = "load.requests"
USUAL = 0.8  # of b where nothing is known: of runs without a change, see the decision
BELIEF = 4.0  # pairs' worth of belief in it
MOVED = 0.1  # p below which the variate itself changed
FEWEST = 4  # pairs


@dataclass(frozen=True, kw_only=True)
class AdjustedMean:
    """The mean of log-ratios without what goes with the variate, and Student's test of it."""

    coefficient: float
    center: float
    error: float
    freedom: float
    left: Floats  # of each pair

    @property
    def p(self) -> float:
        return 2 * float(stdtr(self.freedom, -abs(self.center) / self.error))

    def interval(self, level: float = 0.95) -> tuple[float, float]:
        reach = float(stdtrit(self.freedom, (1 + level) / 2)) * self.error
        return self.center - reach, self.center + reach


def adjusted(ratios: Floats, variate: Floats) -> AdjustedMean:
    """Adjust log-ratios for those of a variate whose expectation is 0, pair by pair."""
    n = ratios.size
    around = variate - variate.mean()
    size = max(float(around @ around), n * HISTOGRAM**2)
    believed = BELIEF / n  # of the pairs' own sum of squares
    slope = float(around @ (ratios - ratios.mean())) / size
    kept = float(np.clip((slope + believed * USUAL) / (1 + believed), 0.0, 1.0))
    left = ratios - kept * variate
    freedom = n - 1 - n / (n + BELIEF)
    scatter = sqrt(float(((left - left.mean()) ** 2).sum()) / freedom)
    wider = 1 / n + float(variate.mean()) ** 2 / (size * (1 + believed))
    return AdjustedMean(
        coefficient=kept,
        center=float(left.mean()),
        error=max(scatter, HISTOGRAM) * sqrt(wider),
        freedom=freedom,
        left=left,
    )


def adjustment(row: Comparison, plan: CasePlan, runs: Sequence[Run]) -> Adjustment | None:
    """The adjustment of a row of a solo case; None where it has no variate, or too few pairs."""
    variate = variate_of(row.metric, plan)
    if variate is None or plan.design is not Design.SOLO or row.change is None:
        return None
    pairs = _pairs(row, variate, runs)
    if len(pairs) < FEWEST:
        return None
    rounds = sorted(pairs)
    ratios, moves = np.array([pairs[number] for number in rounds]).T
    moved, still = change(moves)
    shown = Adjustment(variate=variate, per=PER, n=len(rounds), moved=moved, rounds=rounds)
    if not still:
        return replace(shown, refused=True)
    found = adjusted(ratios, moves)
    low, high = found.interval()
    return replace(
        shown,
        coefficient=found.coefficient,
        change=Interval(estimate=expm1(found.center), low=expm1(low), high=expm1(high)),
        p=found.p,
        ratios=found.left.tolist(),
    )


def variate_of(metric: Metric, plan: CasePlan) -> str | None:
    """The quantity whose drift is a metric's own, by what the metric is taken from."""
    source = plan.sources.get(metric.name)
    if source is None or metric.counted:
        return None
    kind = part(source.quantity, metric)
    return None if kind is None else VARIATES.get(kind)


def _pairs(row: Comparison, variate: str, runs: Sequence[Run]) -> dict[int, tuple[float, float]]:
    """By round the log-ratios of the metric and of its variate per request."""
    sides: dict[int, dict[Side, tuple[float, float]]] = {}
    for run in runs:
        if run.case != row.case or not run.valid or run.design is not Design.SOLO:
            continue
        value, used = run.values.get(row.metric.name), run.quantities.get(variate)
        asked = run.quantities.get(PER)
        if value is None or used is None or asked is None:
            continue
        if all(1 / LARGEST < one <= LARGEST for one in (value, used, asked)):
            sides.setdefault(run.round, {})[run.side] = (log(value), log(used) - log(asked))
    return {
        number: (
            pair[Side.HEAD][0] - pair[Side.BASE][0],
            pair[Side.HEAD][1] - pair[Side.BASE][1],
        )
        for number, pair in sides.items()
        if len(pair) == len(Side)
    }


def change(moves: Floats) -> tuple[Interval, bool]:
    """The variate's own change, and whether it is none beyond noise."""
    center = float(moves.mean())
    error = max(float(moves.std(ddof=1)), HISTOGRAM) / sqrt(moves.size)
    reach = float(stdtrit(moves.size - 1, 0.975)) * error
    p = 2 * float(stdtr(moves.size - 1, -abs(center) / error))
    low, high = expm1(center - reach), expm1(center + reach)
    return Interval(estimate=expm1(center), low=low, high=high), p >= MOVED
