"""Two sessions on two machines: how often a comparison of days alarms, and what it finds.

    python benchmarks/across_days.py --pairs 300

Simulated sessions of 12 cases × 3 metrics × 6 rounds: machines differ by 8 %, rows by 3 % from
session to session, runs by 4 % with heavy tails. *Alarm*: an unchanged pair of sessions flags
anything. *Found*: the one row that changed is flagged. *Held*: intervals that hold the true change.
τ is cold, or learnt from 20 sessions before. Each with its 95 % interval.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence

import numpy as np
from numpy.random import Generator, default_rng

from loadstone.model import Case, CasePlan, Direction, Judgement, Metric, Run, Side, Verdict
from loadstone.model.audit import Proportion
from loadstone.stats.across_days.between_sessions import Drift, learn
from loadstone.stats.across_days.judge import across
from loadstone.stats.common.proportions import clustered, share

CASES, ROUNDS = 12, 6
MACHINE, OWN, NOISE = 0.08, 0.03, 0.04
METRICS = [
    Metric(name=name, unit="s", direction=Direction.LOWER, margin=0.05)
    for name in ("p50", "p99", "cpu")
]
PLANS = [CasePlan(case=Case(scenario=f"case-{n}"), metrics=METRICS) for n in range(CASES)]
FLAGGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)


def session(rng: Generator, change: float = 0.0) -> Sequence[Run]:
    """One session; `change` is the log-ratio of p50 in case-0."""
    shape = (CASES, len(METRICS))
    level = rng.normal(0, MACHINE, len(METRICS)) + rng.normal(0, OWN, shape)
    level[0, 0] += change
    values = level[None] + NOISE * rng.standard_t(4, (ROUNDS, *shape)) / 2**0.5
    return [
        Run(
            case=plan.case.name,
            side=Side.HEAD,
            round=round_,
            order=0,
            started="",
            seconds=1.0,
            values={m.name: float(np.exp(values[round_, c, i])) for i, m in enumerate(METRICS)},
        )
        for round_ in range(ROUNDS)
        for c, plan in enumerate(PLANS)
    ]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--pairs", type=int, default=300)
    parser.add_argument("--seed", type=int, default=20261122)
    arguments = parser.parse_args()
    rng = default_rng(arguments.seed)
    learnt = learn([session(rng) for _ in range(20)], PLANS)
    print("| change of one row | τ | alarm or found | intervals that held it |")
    print("|---|---|---:|---:|")
    for change in (0.0, 0.10, 0.20, 0.30):
        for name, tau in (("cold", Drift()), ("learnt", learnt)):
            print(row(change, name, tau, rng, arguments.pairs), flush=True)


def row(change: float, name: str, tau: Drift, rng: Generator, count: int) -> str:
    log = float(np.log1p(change))
    hits, held, rows = 0, [], []
    for _ in range(count):
        judgement = across(session(rng, log), session(rng), PLANS, tau=tau)
        hits += flagged(judgement, one=bool(change))
        every = [(each.change, each is judgement.comparisons[0]) for each in judgement.comparisons]
        inside = [c.low <= (change if mine else 0) <= c.high for c, mine in every if c]
        held.append(sum(inside))
        rows.append(len(inside))
    what = f"{change:+.0%}" if change else "none"
    return f"| {what} | {name} | {cell(share(hits, count))} | {cell(clustered(held, rows))} |"


def flagged(judgement: Judgement, *, one: bool) -> bool:
    every = (*judgement.comparisons, *judgement.suite)
    return any(each.verdict in FLAGGED for each in (every[:1] if one else every))


def cell(found: Proportion) -> str:
    return f"{found.share:.1%} ({found.low:.1%} to {found.high:.1%})"


if __name__ == "__main__":
    main()
