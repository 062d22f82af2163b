"""Comparison across days: a run's head against the head of a stored baseline.

Rounds of different days are no pairs, so the sides are compared as two samples, and what sessions
differ by without any change of code (τ, see `between_sessions`) is part of the error, however many
rounds there are. Where a metric has several cases, a case is also compared with the others: what
all of them share is the machine's. Whichever of the two is sharper is used. A change that all
cases share shows in the suite row alone, at the width that machines allow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from scipy.special import stdtr

from loadstone.model import CasePlan, Direction, Judgement, Metric, Note, Policy, Run, Side
from loadstone.stats.across_days.between_sessions import Drift, Level, level
from loadstone.stats.across_days.unpaired import RELATIVE, SUITE, UNPAIRED, Gap, comparison
from loadstone.stats.common.counts import EXACT, count_test
from loadstone.stats.common.multiplicity import cutoff
from loadstone.stats.common.samples import Samples, collect, places, solo_measurements
from loadstone.stats.comparison import failures
from loadstone.stats.comparison.judge import verdict
from loadstone.stats.comparison.objectives import hold

FEWEST = 4  # cases of a metric, for a suite that one of them can be held against
_MEDIAN = 1.57  # π/2: variance of a median, by that of the mean


@np.errstate(all="ignore")  # what is missing or absurd travels as NaN and infinity
def across(
    record_runs: Sequence[Run],
    baseline_runs: Sequence[Run],
    plans: Sequence[CasePlan],
    policy: Policy | None = None,
    tau: Drift | None = None,
) -> Judgement:
    """Judge head of `record_runs` against head of `baseline_runs`, by unpaired t tests.

    `tau`: what is known of sessions, None for the cold values. There is one look, so all of α is
    spent. Base runs of either session are passed over.
    """
    both = [run for run in (*record_runs, *baseline_runs) if run.side is Side.HEAD]
    plans = failures.planned(plans, both)
    policy, tau = policy or Policy(), tau or Drift()
    now, then = level(record_runs, plans), level(baseline_runs, plans)
    cases = [plan.case.name for plan in plans for _ in plan.metrics]
    metrics = [metric for plan in plans for metric in plan.metrics]
    gaps = [*_gaps(now, then, cases, metrics, tau)]
    rows = [_exact(gap, now, then, row) for row, gap in enumerate(gaps[: len(cases)])]
    gaps = [*rows, *gaps[len(cases) :]]
    gated = [gap.metric.gated and gap.metric.direction is not Direction.NONE for gap in gaps]
    tested = [gap.p for gap, use in zip(gaps, gated, strict=True) if use and gap.method != EXACT]
    held = cutoff(np.array(tested, dtype=float), policy.alpha)
    table = Samples(cases=cases, metrics=metrics, rounds=(), base=then.values, head=now.values)
    found = [
        comparison(
            gap,
            policy.alpha if gap.method == EXACT else held,
            policy,
            (then.values[row], now.values[row]) if row < len(cases) else None,
        )
        for row, gap in enumerate(gaps)
    ]
    comparisons = failures.judge_rows(found[: len(cases)], table, policy.alpha, paired=False)
    suite = [row for row in found[len(cases) :] if not failures.is_failed(row.metric)]
    objectives = hold(_solo(record_runs, baseline_runs, plans), plans, table)
    there = {run.case for run in baseline_runs}  # what is new since then has nothing to be held to
    held_to = [row for row in comparisons if row.case in there]
    return Judgement(
        verdict=verdict(held_to, suite, objectives, policy),
        comparisons=comparisons,
        suite=suite,
        objectives=objectives,
        alpha=policy.alpha,
        spent=policy.alpha,
        warnings=[Note(code="across", data={"sessions": tau.sessions})],
        policy=policy,
    )


def _solo(now: Sequence[Run], then: Sequence[Run], plans: Sequence[CasePlan]) -> Samples:
    """The solo rounds of head on both days: what absolute bounds are held against."""
    days = [[run for run in runs if run.side is Side.HEAD] for runs in (then, now)]
    base, head = (collect(solo_measurements(runs, plans), plans) for runs in days)
    return replace(head, base=base.head)


def _gaps(
    now: Level, then: Level, cases: Sequence[str], metrics: Sequence[Metric], drift: Drift
) -> list[Gap]:
    """Every row, then a suite row per metric of several cases."""
    moved = now.center - then.center
    runs = now.variance + then.variance
    fewer = np.minimum(now.n, then.n)
    names = places([metric.name for metric in metrics])
    rows: dict[int, Gap] = {}
    suite: list[Gap] = []
    for name in np.unique(names):
        inside = np.flatnonzero(names == name)
        tau = drift.of(metrics[inside[0]].name)
        own = runs + 2 * tau.own**2
        known = [row for row in inside.tolist() if np.isfinite(moved[row])]
        for row in inside.tolist():
            others = [each for each in known if each != row]
            sharper = len(others) >= FEWEST - 1 and row in known
            common = float(np.median(moved[others])) if sharper else 0.0
            rest = _MEDIAN * float(own[others].mean()) / len(others) if sharper else np.inf
            use = rest < 2 * tau.shared**2
            variance = float(own[row]) + (rest if use else 2 * tau.shared**2)
            rows[row] = _gap(
                case=cases[row],
                metric=metrics[row],
                method=RELATIVE if use else UNPAIRED,
                n=int(fewer[row]),
                location=float(moved[row]) - (common if use else 0.0),
                variance=variance,
                freedom=_freedom(float(runs[row]), float(fewer[row]), variance, tau.freedom),
                common=common if use else 0.0,
            )
        if len(known) >= FEWEST:
            variance = _MEDIAN * float(own[known].mean()) / len(known) + 2 * tau.shared**2
            suite.append(
                _gap(
                    case="",
                    metric=metrics[known[0]],
                    method=SUITE,
                    n=int(fewer[known].min()),
                    location=float(np.median(moved[known])),
                    variance=variance,
                    freedom=tau.freedom,
                    common=0.0,
                )
            )
    return [*(rows[row] for row in range(len(cases))), *suite]


def _freedom(runs: float, n: float, variance: float, of_tau: float) -> float:
    """Welch and Satterthwaite's degrees of freedom of a sum of variances."""
    parts = runs**2 / max(2 * (n - 1), 1) + (variance - runs) ** 2 / of_tau
    return variance**2 / parts if parts > 0 else of_tau


def _gap(*, variance: float, location: float, freedom: float, **fields: object) -> Gap:
    error = variance**0.5
    known = np.isfinite(location) and np.isfinite(error)
    p = 2 * float(stdtr(freedom, -abs(location) / error)) if known else float("nan")
    return Gap(location=location, error=error, freedom=freedom, p=p, **fields)  # type: ignore[arg-type]


def _exact(gap: Gap, now: Level, then: Level, row: int) -> Gap:
    """A count that is the same in every run of a side does not depend on the machine.

    Neither does what is zero in all of them.
    """
    base, head = (x.values[row][np.isfinite(x.values[row])] for x in (then, now))
    n = min(base.size, head.size)
    constant = n >= 2 and np.ptp(base) == 0 and np.ptp(head) == 0
    nothing = not base.any() and not head.any()
    if not constant or not (gap.metric.counted or nothing):
        return gap
    count = count_test(base[:n], head[:n])
    if count is None:
        return gap
    return Gap(
        case=gap.case,
        metric=gap.metric,
        method=EXACT,
        n=n,
        location=count.location,
        error=0.0,
        freedom=1.0,
        p=count.p,
    )
