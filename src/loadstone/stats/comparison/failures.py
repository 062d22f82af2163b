"""Exact test of failed runs: whether one side fails more often than the other.

A run that failed gives no numbers, so a head that dies would leave fewer pairs and nothing to see.
Each case in which a run failed gets a row more: how many runs failed on each side of its n pairs.

On equal revisions both runs of a round fail with the same chance q, whatever it is in that round.
Their difference is 1 or −1 with chance q(1 − q) each, at most a quarter, worst for a coin's toss;
and the sum over rounds is largest where each of them is (sums of symmetric variables with one mode
keep their order of peakedness: Birnbaum 1948). So |head − base| ≥ d has at most the chance that 2n
tosses of a coin are d or more off their mean: `2·P(Bin(2n, ½) ≥ n + d)`, which for d = n is the
2·4⁻ⁿ of every exact count. These rows are tested among themselves, apart from what was measured.
Both sides failing in the same rounds is no change, and neither is a head that never failed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import numpy as np
from scipy.special import bdtrc

from loadstone.model import (
    CasePlan,
    Comparison,
    Direction,
    Measurement,
    Metric,
    Note,
    Policy,
    Run,
    Summary,
    Verdict,
)
from loadstone.model.reasons import FAILED_RUNS, failed
from loadstone.stats.common import spending
from loadstone.stats.common.multiplicity import cutoff
from loadstone.stats.common.samples import Floats, Samples
from loadstone.stats.comparison.row_warnings import INVALID_RUN

FAILED = Metric(
    name=FAILED_RUNS,
    unit="1",
    direction=Direction.LOWER,
    margin=0.0,
    counted=True,
    group="correctness",
    title="failed runs",
    about="Runs that the component did not get through.",
)
METHOD = "coin"


def planned(plans: Sequence[CasePlan], runs: Iterable[Run]) -> list[CasePlan]:
    """Plans with failed runs as a metric of the cases in which a run failed.

    It is not gated there, so that it takes no share of the level of what was measured; `judge_rows`
    gates it.
    """
    broken = {run.case for run in runs if failed(run)}
    metric = replace(FAILED, gated=False)
    return [
        replace(plan, metrics=[*plan.metrics, metric])
        if plan.case.name in broken and all(each.name != FAILED.name for each in plan.metrics)
        else plan
        for plan in plans
    ]


def measured(runs: Iterable[Run], plans: Sequence[CasePlan]) -> list[Measurement]:
    """Measurements of failure, 1 or 0, of every run of the cases that have the metric."""
    counting = {plan.case.name for plan in plans if any(map(is_failed, plan.metrics))}
    return [
        Measurement(
            case=run.case,
            metric=FAILED.name,
            side=run.side,
            round=run.round,
            value=float(failed(run)),
        )
        for run in runs
        if run.case in counting
    ]


def is_failed(metric: Metric) -> bool:
    """Whether it is this metric, and not one of a scenario that has its name."""
    return metric == replace(FAILED, gated=metric.gated)


def chance(apart: int, n: int) -> float:
    """Bound on the chance that n pairs of equal revisions differ by so many failed runs."""
    return min(1.0, 2 * float(bdtrc(n + abs(apart) - 1, 2 * n, 0.5))) if apart else 1.0


def judge_rows(
    rows: Sequence[Comparison], table: Samples, level: float, *, paired: bool = True
) -> list[Comparison]:
    """Comparisons of a table, those of failed runs tested together at this level.

    Without `paired`, rounds of the two sides are of different days, and any of them are pairs. What
    fails more often today may fail because of the machine: that is no pass, and no finding.
    """
    pairs = {
        place: _pairs(table.base[place], table.head[place], paired=paired)
        for place, row in enumerate(rows)
        if is_failed(row.metric)
    }
    chances = [chance(int((head - base).sum()), head.size) for base, head in pairs.values()]
    held = cutoff(np.array(chances), level)
    found = dict(zip(pairs, chances, strict=True))
    counted = [
        _told(row, table.base[place], table.head[place], pairs[place], found[place], held)
        if place in pairs
        else row
        for place, row in enumerate(rows)
    ]
    return counted if paired else [_of_another_day(row) for row in counted]


def _of_another_day(row: Comparison) -> Comparison:
    sure = is_failed(row.metric) and row.verdict in (Verdict.REGRESSION, Verdict.IMPROVEMENT)
    return replace(row, verdict=Verdict.INVALID) if sure else row


def _pairs(base: Floats, head: Floats, *, paired: bool) -> tuple[Floats, Floats]:
    if paired:
        both = np.isfinite(base) & np.isfinite(head)
        return base[both], head[both]
    base, head = base[np.isfinite(base)], head[np.isfinite(head)]
    n = min(base.size, head.size)
    return base[:n], head[:n]


def _told(
    row: Comparison,
    base: Floats,
    head: Floats,
    pairs: tuple[Floats, Floats],
    p: float,
    held: float,
) -> Comparison:
    before, after = _counted(base), _counted(head)
    more = float((pairs[1] - pairs[0]).sum())
    data = {"base": int(before.center), "bases": before.n}
    data |= {"head": int(after.center), "heads": after.n}
    alike = bool(np.array_equal(*pairs)) and before.n == after.n
    if p <= held:
        verdict = Verdict.REGRESSION if more > 0 else Verdict.IMPROVEMENT
    else:
        verdict = Verdict.UNCHANGED if alike or not after.center else Verdict.INCONCLUSIVE
    return Comparison(
        case=row.case,
        metric=FAILED,
        verdict=verdict,
        n=pairs[0].size,
        base=before,
        head=after,
        difference=after.center - before.center,
        p=p,
        threshold=held,
        method=METHOD,
        warnings=[Note(code="failed-runs", data=data), *filter(_why, row.warnings)],
    )


def _why(warn: Note) -> bool:
    """Whether it says why runs failed; what is true of other rows is not of this one."""
    return warn.code == INVALID_RUN


def _counted(values: Floats) -> Summary:
    """How many runs failed, with the number of runs; `low` and `high` are of one run."""
    known = values[np.isfinite(values)]
    least, most = (float(x) for x in (known.min(initial=1.0), known.max(initial=0.0)))
    return Summary(n=int(known.size), center=float(known.sum()), low=least, high=most)


def undecided(rows: Iterable[Comparison], policy: Policy) -> list[str]:
    """Cases worth going on with: if head went on failing so often, the last look would be sure."""
    last = policy.looks[-1]
    level = alone(policy, last)
    return [
        row.case
        for row in rows
        if is_failed(row.metric)
        and row.verdict is Verdict.INCONCLUSIVE
        and (row.difference or 0) > 0
        and row.n
        and chance(round((row.difference or 0) * last / row.n), last) <= level
    ]


def alone(policy: Policy, rounds: int) -> float:
    """Nominal level of the look after these rounds, of what is tested apart from measured rows."""
    looks, last = spending.so_far(policy.looks, rounds)
    return spending.levels(looks, last, policy.alpha, rho=spending.APART)[-1]


def head_alone(row: Comparison) -> bool:
    """Whether every run of head failed, and not every run of base.

    The other way round nothing is held against head: where the runs of base gave numbers all the
    same, as those that lost a profile alone, they are compared.
    """
    if not is_failed(row.metric) or row.base is None or row.head is None:
        return False
    base, head = (side.center == side.n > 0 for side in (row.base, row.head))
    return head and not base
