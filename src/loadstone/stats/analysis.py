"""All the numbers of one look, row by row; no words yet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loadstone.model import Direction, Metric, Policy
from loadstone.stats import prior, spending
from loadstone.stats.counts import CONDITIONAL, EXACT, MEASURED, Count, counted
from loadstone.stats.differences import differences
from loadstone.stats.history import History
from loadstone.stats.location import Estimates, Scale, estimate
from loadstone.stats.multiplicity import cutoffs
from loadstone.stats.prior import Places, Rows
from loadstone.stats.samples import Floats, Samples, floors, places
from loadstone.stats.suite import suite

Flags = NDArray[np.bool_]
SUITE = -1  # the number of the "case" of suite rows
COLD_KAPPA = 1.05  # errors are taken a little wider until history has shown better
_WAYS = {Direction.LOWER: 1.0, Direction.HIGHER: -1.0, Direction.NONE: 0.0}
DIFFERENCE = "difference"


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """Rows of the table, then a suite row per metric that several cases share.

    `location` … `high90` are log-ratios (in rows of method *difference*: differences in `unit`s);
    `low`, `high` bound the 95 % interval, `low90`, `high90` the 90 % one. NaN is unknown.
    """

    cases: Places  # SUITE in suite rows
    metrics: Sequence[Metric]
    gated: Flags  # takes part in the verdict: gated, with a direction, and stable
    ratios: Floats
    scale: Scale
    scales: Floats  # s as estimated
    weights: Floats
    kappa: Floats
    n: Floats
    location: Floats
    error: Floats
    low: Floats
    high: Floats
    low90: Floats
    high90: Floats
    p: Floats
    method: list[str]
    unit: Floats  # 1 in rows of log-ratios
    dispersion: dict[int, float]  # φ of the counted rows
    margin: Floats  # the smallest change that matters
    least: Floats  # the smallest estimate that is flagged
    cutoffs: Floats  # what p is held against
    tests: int  # rows that the report's cutoff counts
    level: float  # of this look, for the whole report
    spent: float  # of alpha, up to this look
    half: Floats  # half the width of the interval at each row's own cutoff

    @property
    def flagged(self) -> Flags:
        """Rows that changed: unlikely to be noise, and big enough to be worth a word."""
        with np.errstate(invalid="ignore"):
            big = (np.abs(self.location) >= self.least) & (self.location != 0)
            return np.asarray((self.p <= self.cutoffs) & big)

    @property
    def unchanged(self) -> Flags:
        """Rows without a change that matters: the 90 % interval lies inside the margin."""
        with np.errstate(invalid="ignore"):
            inside = (self.high90 < self.margin) & (self.low90 > -self.margin)
        same = (self.location == 0) & (self.error == 0)
        return np.asarray((inside | same) & ~self.flagged)


@np.errstate(all="ignore")  # what is missing or absurd travels as NaN and infinity
def analyse(table: Samples, policy: Policy, history: History | None = None) -> Analysis:
    """The analysis of what has been measured so far."""
    cases, metrics = places(table.cases), places([metric.name for metric in table.metrics])
    floor = floors(table)
    expected = history.expected(table) if history else None
    scale = prior.learnt(table.ratios, floor, Rows(cases=cases, metrics=metrics), expected)
    warm = history is not None and expected is not None
    kappa = history.calibrations(table) if history and warm else np.full(len(floor), COLD_KAPPA)
    rows = estimate(table.ratios, scale, kappa)
    ratios, suite_scale, shared = suite(table.ratios, rows, scale, metrics, _stable(table, history))
    ones = np.ones(len(shared))
    both = _joined(rows, estimate(ratios, suite_scale, ones))
    first = [int(np.flatnonzero(metrics == metric)[0]) for metric in shared]
    named = [*table.metrics, *(table.metrics[row] for row in first)]
    margin, least = _relevant(table, named)
    found: dict[str, Floats] = {
        "n": both.n,
        "location": both.location,
        "error": both.error,
        "low": both.quantile(0.025),
        "high": both.quantile(0.975),
        "low90": both.quantile(0.05),
        "high90": both.quantile(0.95),
        "p": both.p,
        "unit": np.ones(len(named)),
        "margin": margin,
        "least": least,
    }
    method = ["moderated"] * len(table.cases) + ["suite"] * len(shared)
    _use_differences(table, found, method)
    dispersion = _use_counts(table, found, method)
    numbers = np.concatenate([cases, np.full(len(shared), SUITE)])
    gated = _gates(table, named, history)
    tested = np.where(gated & (np.array(method) != EXACT), found["p"], np.nan)
    tests = int(np.isfinite(tested).sum())
    ways = np.sign(found["location"]) * [_WAYS[metric.direction] for metric in named]
    level, alone, used = _levels(policy, len(table.rounds), tests)
    held = np.where(np.array(method) == EXACT, alone, cutoffs(tested, numbers, ways, level))
    return Analysis(
        cases=numbers,
        metrics=named,
        gated=gated,
        ratios=np.concatenate([table.ratios, ratios]),
        scale=_scales(scale, suite_scale),
        scales=both.scale,
        weights=both.weights,
        kappa=np.concatenate([kappa, ones]),
        method=method,
        dispersion=dispersion,
        cutoffs=held,
        tests=tests,
        level=level,
        spent=used,
        half=both.half(held),
        **found,
    )


def _relevant(table: Samples, named: Sequence[Metric]) -> tuple[Floats, Floats]:
    """Per row, as log-ratios: the smallest change that matters, the smallest that is flagged.

    A change matters beyond the relative margin *and* the absolute minimum; an estimate is flagged
    from a third of the margin on, and from the whole minimum.
    """
    margin = np.log1p([metric.margin for metric in named])
    minimum = np.array([metric.minimum for metric in named])
    size = np.zeros(len(named))
    for row in range(len(table.cases)):
        values = np.concatenate([table.base[row], table.head[row]])
        known = values[np.isfinite(values)]
        size[row] = np.median(np.abs(known)) if known.size else 0.0
    absolute = np.where(size > 0, 2 * np.arcsinh(minimum / (2 * size)), 0.0)
    return np.maximum(margin, absolute), np.maximum(margin / 3, absolute)


def _use_differences(table: Samples, found: dict[str, Floats], method: list[str]) -> None:
    """Replace the numbers of rows without logarithms by those of their differences."""
    signed = differences(table)
    if signed is None:
        return
    for place, row in enumerate(signed.rows):
        method[row] = DIFFERENCE
        found["unit"][row] = unit = signed.units[place]
        metric = table.metrics[row]
        base = table.base[row][np.isfinite(table.base[row])]
        relative = metric.margin * abs(float(np.median(base))) if base.size else 0.0
        found["margin"][row] = max(relative, metric.minimum) / unit
        found["least"][row] = max(relative / 3, metric.minimum) / unit
    each = signed.estimates
    values = {"n": each.n, "location": each.location, "error": each.error, "p": each.p}
    values |= {"low": each.quantile(0.025), "high": each.quantile(0.975)}
    values |= {"low90": each.quantile(0.05), "high90": each.quantile(0.95)}
    for name, column in values.items():
        found[name][signed.rows] = column


def _use_counts(table: Samples, found: dict[str, Floats], method: list[str]) -> dict[int, float]:
    """Replace the numbers of counted rows; φ by row."""
    dispersion: dict[int, float] = {}
    for row, metric in enumerate(table.metrics):
        count = counted(table.base[row], table.head[row]) if metric.counted else None
        if count is None:
            continue
        dispersion[row] = count.dispersion
        if count.method == EXACT:
            found["least"][row] = _absolute(table, row)
        logs = np.isfinite(table.ratios[row]).sum() == count.n
        if count.method == CONDITIONAL and logs and np.isfinite(found["p"][row]):
            method[row] = MEASURED + "+" + CONDITIONAL
            found["p"][row] = max(found["p"][row], count.p)
            continue
        method[row] = count.method
        _set(found, row, count)
    return dispersion


def _absolute(table: Samples, row: int) -> float:
    """A certain change needs no margin against noise: only its minimum, in whole events."""
    base, head = np.nanmedian(table.base[row]), np.nanmedian(table.head[row])
    return 0.0 if abs(head - base) >= table.metrics[row].minimum else np.inf


def _set(found: dict[str, Floats], row: int, count: Count) -> None:
    for name in ("n", "location", "error", "low", "high", "low90", "high90", "p"):
        found[name][row] = getattr(count, name)


def _gates(table: Samples, named: Sequence[Metric], history: History | None) -> Flags:
    gated = [metric.gated and metric.direction is not Direction.NONE for metric in named]
    found = np.array(gated, dtype=bool)
    found[: len(table.cases)] &= _stable(table, history)
    return found


def _stable(table: Samples, history: History | None) -> Flags:
    """Rows that did not alarm too often in the past."""
    rows = zip(table.cases, table.metrics, strict=True)
    if history is None:
        return np.ones(len(table.cases), dtype=bool)
    return np.array([not history.unstable(case, one.name) for case, one in rows], dtype=bool)


def _levels(policy: Policy, rounds: int, tests: int) -> tuple[float, float, float]:
    """The level of this look for all tests together, for a single test, and α spent so far."""
    last = policy.looks[-1] if policy.looks else max(rounds, 1)
    now = min(max(rounds, 1), last)
    looks = [*(look for look in policy.looks if look < now), now]
    level = spending.levels(looks, last, policy.alpha, tests)[-1]
    alone = spending.levels(looks, last, policy.alpha)[-1]
    return level, alone, spending.spent(policy.alpha, now, last)


def _joined(one: Estimates, other: Estimates) -> Estimates:
    names = Estimates.__dataclass_fields__
    return Estimates(
        **{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names}
    )


def _scales(one: Scale, other: Scale) -> Scale:
    names = Scale.__dataclass_fields__
    return Scale(
        **{name: np.concatenate([getattr(one, name), getattr(other, name)]) for name in names}
    )
