"""Analysis of one look: estimate, error, p and cutoff of every row, before any verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loadstone.model import Direction, Metric, Policy
from loadstone.stats.common import spending
from loadstone.stats.common.counts import CONDITIONAL, EXACT, MEASURED, Count, counted
from loadstone.stats.common.location import ScalePrior
from loadstone.stats.common.multiplicity import Opened, cutoffs, effective, shares
from loadstone.stats.common.policies import checked
from loadstone.stats.common.prior import Places
from loadstone.stats.common.samples import Floats, Samples, middle
from loadstone.stats.comparison.casewise import WAYS, Casewise
from loadstone.stats.comparison.differences import differences
from loadstone.stats.comparison.history import History
from loadstone.stats.comparison.rows import Flags, MeasuredRows, measured, stable

DIFFERENCE = "difference"


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """Columns of numbers over rows of the table, then a suite row per metric that cases share.

    `location` … `high90` are log-ratios (in rows of method *difference*: differences in `unit`s).
    NaN is unknown.
    """

    cases: Places  # SUITE in suite rows
    metrics: Sequence[Metric]
    gated: Flags  # takes part in the verdict: gated, with a direction, and stable
    ratios: Floats  # rows × rounds
    scale: ScalePrior  # of s beforehand
    scales: Floats  # s as estimated
    weights: Floats  # rows × rounds
    trust: Floats  # rows × rounds
    kappa: Floats  # calibration factor on the error, from history
    caution: Floats  # overdispersion and serial correlation as a factor on the error
    bias: Floats  # standard deviation of what sides differ by though nothing changed
    warm: bool  # whether history had something to say
    n: Floats  # pairs
    location: Floats  # the estimate
    error: Floats  # its standard error
    low: Floats  # of the 95 % interval
    high: Floats
    low90: Floats  # of the 90 % interval
    high90: Floats
    p: Floats  # two-sided, of "no change"
    method: list[str]
    unit: Floats  # 1 in rows of log-ratios
    dispersion: dict[int, float]  # φ of the counted rows
    margin: Floats  # the smallest change that matters
    least: Floats  # the smallest estimate that is flagged
    share: Floats  # of the level, 1 on average; NaN in rows that are tested apart
    cutoffs: Floats  # what p is held against
    tests: int  # rows that the report's cutoff counts
    worth: float  # how many independent tests they are worth
    part: float  # of α that they get together
    level: float  # of this look, for the whole report
    spent: float  # of alpha, up to this look
    whole: Casewise  # a test per case
    bar: float  # what its p is held against
    half: Floats  # half the width of the interval at each row's own cutoff

    @property
    def flagged(self) -> Flags:
        """Significant and relevant rows: p within the cutoff, and big enough to be worth a word."""
        with np.errstate(invalid="ignore"):
            big = (np.abs(self.location) >= self.least) & (self.location != 0)
            return np.asarray((self.p <= self.cutoffs) & big)

    @property
    def unchanged(self) -> Flags:
        """Equivalent rows: the 90 % interval lies inside the margin (Schuirmann 1987)."""
        with np.errstate(invalid="ignore"):
            inside = (self.high90 < self.margin) & (self.low90 > -self.margin)
        same = (self.location == 0) & (self.error == 0)
        return np.asarray((inside | same) & ~self.flagged)


@np.errstate(all="ignore")  # what is missing or absurd travels as NaN and infinity
def analyse(table: Samples, policy: Policy, history: History | None = None) -> Analysis:
    """Analyse all that has been measured so far; raises `UsageError` for an impossible policy."""
    policy = checked(policy)
    rows = measured(table, history)
    found = _numbers(table, rows)
    method = ["moderated"] * len(table.cases)
    method += ["suite"] * (len(rows.metrics) - len(table.cases))
    _use_differences(table, found, method)
    dispersion = _use_counts(table, found, method)
    exact = np.array(method) == EXACT
    gated = _gates(rows.metrics, stable(table, history))
    tested = np.where(gated & ~exact, found["p"], np.nan)
    tests = int(np.isfinite(tested).sum())
    worth = effective(tested, rows.tests) + np.isfinite(rows.whole.estimates.p).sum()
    apart = spending.ROWS if exact.any() else 1.0
    level, alone, spent = _levels(policy, len(table.rounds), worth, apart)
    ways = np.sign(found["location"]) * [WAYS[metric.direction] for metric in rows.metrics]
    share = shares(tested, found["margin"], found["error"], level)
    opened = Opened(cases=rows.whole.cases, p=rows.whole.estimates.p, ways=_ways(rows.whole))
    bars, bar = cutoffs(tested, rows.cases, ways, level, share, rows.tests, opened)
    held = np.where(exact, alone, bars)
    borrowed = np.array([name.startswith((MEASURED, "suite")) for name in method])
    return Analysis(
        cases=rows.cases,
        metrics=rows.metrics,
        gated=gated,
        ratios=rows.ratios,
        scale=rows.scale,
        scales=rows.estimates.scale,
        weights=rows.estimates.weights,
        trust=rows.estimates.trust,
        kappa=rows.kappa,
        caution=np.where(borrowed, rows.caution, 1.0),
        bias=np.where(borrowed, rows.bias, 0.0),
        warm=rows.warm,
        method=method,
        dispersion=dispersion,
        share=np.where(exact, np.nan, share),
        cutoffs=held,
        tests=tests,
        worth=worth,
        part=apart,
        level=level,
        spent=spent,
        whole=rows.whole,
        bar=bar,
        half=rows.estimates.half(held) + np.where(borrowed, rows.bias, 0.0),
        **found,
    )


def _ways(whole: Casewise) -> Floats:
    return np.asarray(np.sign(whole.estimates.location))


def _numbers(table: Samples, rows: MeasuredRows) -> dict[str, Floats]:
    """The columns that counted rows and rows of differences replace."""
    each = rows.estimates
    margin, least = _relevant(table, rows.metrics)
    return {
        "n": each.n,
        "location": each.location,
        "error": each.error,
        "low": each.quantile(0.025),
        "high": each.quantile(0.975),
        "low90": each.quantile(0.05),
        "high90": each.quantile(0.95),
        "p": each.p,
        "unit": np.ones(len(rows.metrics)),
        "margin": margin,
        "least": least,
    }


def _relevant(table: Samples, named: Sequence[Metric]) -> tuple[Floats, Floats]:
    """Per row, as log-ratios: the smallest change that matters, the smallest that is flagged.

    A change matters beyond the relative margin *and* the absolute minimum; an estimate is flagged
    from a third of the margin on, and from the whole minimum. What all cases share matters if it
    does in the largest of them, or a suite row would flag what no case may.
    """
    margin = np.log1p([metric.margin for metric in named])
    minimum = np.array([metric.minimum for metric in named])
    size = np.zeros(len(named))
    values = np.abs(np.concatenate([table.base, table.head], axis=1))
    size[: len(table.cases)] = np.nan_to_num(middle(values))
    largest: dict[str, float] = {}
    for row, metric in enumerate(named[: len(table.cases)]):
        largest[metric.name] = max(largest.get(metric.name, 0.0), size[row])
    for row in range(len(table.cases), len(named)):
        size[row] = largest[named[row].name]
    absolute = np.where(size > 0, 2 * np.arcsinh(minimum / (2 * size)), 0.0)
    return np.maximum(margin, absolute), np.maximum(margin / 3, absolute)


def _use_differences(table: Samples, found: dict[str, Floats], method: list[str]) -> None:
    """Replace the numbers of rows without logarithms by those of their differences."""
    size = len(table.cases)
    signed = differences(table, found["low"][:size], found["high"][:size])
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
    found["low90"][signed.dropped], found["high90"][signed.dropped] = -np.inf, np.inf
    _nothing_happened(table, found, signed.rows)


def _nothing_happened(table: Samples, found: dict[str, Floats], rows: Sequence[int]) -> None:
    """Rows that are zero in every run did not change, as little as counts that stay the same."""
    for row in rows:
        if not (np.nan_to_num(table.base[row]).any() or np.nan_to_num(table.head[row]).any()):
            for name in ("location", "error", "low", "high", "low90", "high90"):
                found[name][row] = 0.0
            found["p"][row] = 1.0


def _use_counts(table: Samples, found: dict[str, Floats], method: list[str]) -> dict[int, float]:
    """Replace the numbers of counted rows; φ by row."""
    dispersion: dict[int, float] = {}
    paired = np.isfinite(table.ratios).sum(axis=1)
    for row, metric in enumerate(table.metrics):
        count = counted(table.base[row], table.head[row]) if metric.counted else None
        if count is None:
            continue
        dispersion[row] = count.dispersion
        if count.method == EXACT:
            found["least"][row] = _absolute(table, row)
        logs = paired[row] == count.n
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


def _gates(metrics: Sequence[Metric], steady: Flags) -> Flags:
    """Rows that take part in the verdict; suite rows follow the rows of the table."""
    gated = [metric.gated and metric.direction is not Direction.NONE for metric in metrics]
    found = np.array(gated, dtype=bool)
    found[: len(steady)] &= steady
    return found


def _levels(policy: Policy, rounds: int, tests: float, part: float) -> tuple[float, float, float]:
    """The level of this look for all tests together, for a single test, and α spent so far.

    `part`: of α that the tests together get.
    """
    looks, last = spending.so_far(policy.looks, rounds)
    level = spending.levels(looks, last, part * policy.alpha, tests)[-1]
    alone = spending.levels(looks, last, policy.alpha, rho=spending.APART)[-1]
    return level, alone, spending.spent(policy.alpha, looks[-1], last)
