"""Analysis of one look: estimate, error, p and cutoff of every row, before any verdict."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from loadstone.model import Direction, Metric, Policy
from loadstone.stats.common import spending
from loadstone.stats.common.counts import EXACT, MEASURED
from loadstone.stats.common.estimates import ScalePrior
from loadstone.stats.common.multiplicity import CasePValues, cutoffs, effective, shares
from loadstone.stats.common.policy_limits import checked
from loadstone.stats.common.prior import Places
from loadstone.stats.common.samples import Floats, Samples
from loadstone.stats.comparison.case_tests import WAYS, CaseTests
from loadstone.stats.comparison.history import History
from loadstone.stats.comparison.row_columns import log_ratio_columns, use_counts, use_differences
from loadstone.stats.comparison.rows import Flags, measured, stable


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
    mixed: bool  # whether both sides of every case were measured at once
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
    whole: CaseTests  # a test per case
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
def analyse(
    table: Samples, policy: Policy, history: History | None = None, rounds: int | None = None
) -> Analysis:
    """Analyse all that has been measured so far; raises `UsageError` for an impossible policy.

    `rounds`: how many are in, by which α is spent; by default the columns of the table. Looks are
    planned in rounds, and any spending that was fixed beforehand holds (Lan and DeMets 1983), also
    where a round added no pair.
    """
    policy = checked(policy)
    done = len(table.rounds) if rounds is None else rounds
    rows = measured(table, history)
    found = log_ratio_columns(table, rows)
    method = ["moderated"] * len(table.cases)
    method += ["suite"] * (len(rows.metrics) - len(table.cases))
    use_differences(table, found, method)
    dispersion = use_counts(table, found, method)
    exact = np.array(method) == EXACT
    gated = _gates(rows.metrics, stable(table, history))
    tested = np.where(gated & ~exact, found["p"], np.nan)
    tests = int(np.isfinite(tested).sum())
    worth = effective(tested, rows.tests) + np.isfinite(rows.whole.estimates.p).sum()
    apart = spending.ROWS if exact.any() else 1.0
    level, alone, spent = _levels(policy, done, worth, apart)
    ways = np.sign(found["location"]) * [WAYS[metric.direction] for metric in rows.metrics]
    share = shares(tested, found["margin"], found["error"], level)
    opened = CasePValues(cases=rows.whole.cases, p=rows.whole.estimates.p, ways=_ways(rows.whole))
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
        mixed=bool(table.mixed.all()),
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


def _ways(whole: CaseTests) -> Floats:
    return np.asarray(np.sign(whole.estimates.location))


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
