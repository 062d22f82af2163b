"""How often shapes and growth are flagged where nothing differs, and how often where it does.

    python -m benchmarks.families [--sessions 200] [--seed 1000] [--only WORD]

Sessions are those of `benchmarks.simulator`, with twelve cases as four sweeps of three sizes, and
two series against time in every run: slopes that scatter from run to run, points that wander about
them. Flagged means at any of the looks, as a session may end at each. Rates have the interval of
Clopper and Pearson.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import numpy as np
from numpy.random import Generator
from scipy.special import betaincinv

from benchmarks.simulator import Effect, Suite, simulate
from loadstone.model import Case, CasePlan, Judgement, Policy, Run, Side, Verdict
from loadstone.stats.common.samples import Floats, measurements
from loadstone.stats.comparison.judge import judge
from loadstone.stats.scaling.judge import scaled

SIZES = (200, 500, 1000)
POINTS, WINDOW = 24, 12.0  # of a series; s
OWN, WANDER = 20_000.0, 60_000.0  # By/s from run to run, By from point to point
FLAGGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)
PLAIN = Suite(metrics=6)
POLICY = Policy(looks=(4, 8, 12))


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What head does: exponents that are larger by `steeper`, memory that grows by `leak` By/s."""

    name: str
    steeper: float = 0.0
    leak: float = 0.0
    suite: Suite = PLAIN


TRUTHS = (
    Truth(name="equal"),
    Truth(name="equal, t₃ noise", suite=replace(PLAIN, tails=3.0)),
    Truth(name="equal, outliers doubled", suite=replace(PLAIN, outliers=0.16, startup=0.04)),
    Truth(name="equal, 10 % missing", suite=replace(PLAIN, missing=0.1)),
    Truth(name="exponents +0.10", steeper=0.10),
    Truth(name="exponents +0.25", steeper=0.25),
    Truth(name="leak of 100 kB/s", leak=1e5),
    Truth(name="leak of 1 MB/s", leak=1e6),
)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """Whether anything of a kind was flagged at any look."""

    rows: bool
    follows: bool  # a shape, where a row of its metric was
    shapes: bool  # any other shape
    bent: bool
    growth: bool
    moved: bool  # the verdict of the report, by shapes or growth


def session(truth: Truth, policy: Policy, random: Generator) -> Outcome:
    """One session, judged at every look."""
    plans, runs = simulated(truth, random)
    looks = []
    for look in policy.looks:
        seen = [run for run in runs if run.round <= look]
        before = judge(measurements(seen, plans), plans, policy)
        looks.append((before, scaled(before, plans, seen)))
    return Outcome(
        rows=any(_rows(after) for _, after in looks),
        follows=any(_shapes(after, follows=True) for _, after in looks),
        shapes=any(_shapes(after, follows=False) for _, after in looks),
        bent=any(
            warn.code == "bent"
            for _, after in looks
            for each in after.shapes
            for warn in each.warnings
        ),
        growth=any(each.verdict in FLAGGED for _, after in looks for each in after.growth),
        moved=any(after.verdict is not before.verdict for before, after in looks),
    )


def _rows(judgement: Judgement) -> bool:
    rows = [*judgement.comparisons, *judgement.suite]
    return any(row.metric.gated and row.verdict in FLAGGED for row in rows)


def _shapes(judgement: Judgement, *, follows: bool) -> bool:
    return any(each.verdict in FLAGGED for each in judgement.shapes if each.follows is follows)


def simulated(truth: Truth, random: Generator) -> tuple[list[CasePlan], list[Run]]:
    """The plans and the runs of a session: costs with exponents of 1, or more on the head."""
    suite = truth.suite
    found = simulate(suite, Effect(), random).samples
    plans = [
        replace(
            plan,
            case=Case(scenario=f"sweep{number // 3}", axes={"routes": SIZES[number % 3]}),
            window=WINDOW,
        )
        for number, plan in enumerate(suite.plans())
    ]
    names = [metric.name for metric in plans[0].metrics]
    runs: list[Run] = []
    for number, plan in enumerate(plans):
        rows = slice(number * suite.metrics, (number + 1) * suite.metrics)
        size = SIZES[number % 3] / SIZES[0]
        for side, values in ((Side.BASE, found.base[rows]), (Side.HEAD, found.head[rows])):
            power = 1 + truth.steeper * (side is Side.HEAD)
            leak = truth.leak * (side is Side.HEAD)
            runs += _runs(plan.case.name, side, names, values * size**power, leak, random)
    return plans, runs


def _runs(
    case: str, side: Side, names: Sequence[str], values: Floats, leak: float, random: Generator
) -> Iterator[Run]:
    for column in range(values.shape[1]):
        if np.isfinite(values[:, column]).all():
            yield Run(
                case=case,
                side=side,
                round=column + 1,
                order=0,
                started="",
                seconds=WINDOW,
                values=dict(zip(names, map(float, values[:, column]), strict=True)),
                series={
                    "process.anon": series(random, leak, OWN, WANDER),
                    "scrape.goroutines": series(random, 0.0, 0.05, 1.0),
                },
            )


def series(random: Generator, slope: float, own: float, wander: float) -> list[list[float]]:
    """Points against time: a slope, one that is the run's own, and wandering about both."""
    times = np.linspace(0, WINDOW, POINTS)
    steps = random.normal(0, wander, POINTS)
    about = np.array(list(accumulate(steps, lambda before, step: 0.8 * before + step)))
    values = 5e7 + (slope + random.normal(0, own)) * times + about
    return [[float(t), float(v)] for t, v in zip(times, values, strict=True)]


def rate(hits: Sequence[bool]) -> str:
    """A share with its 95 % interval."""
    k, n = sum(hits), len(hits)
    low = betaincinv(k, n - k + 1, 0.025) if k else 0.0
    high = betaincinv(k + 1, n - k, 0.975) if k < n else 1.0
    return f"{100 * k / n:.1f} % ({100 * low:.1f}–{100 * high:.1f})"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--sessions", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--only", default="", help="truths with this word")
    asked = parser.parse_args()
    kinds = ("rows", "follows", "shapes", "bent", "growth", "moved")
    heads = ("rows", "shapes of these rows", "other shapes", "bent", "growth", "verdict moved")
    print(f"| truth | sessions | {' | '.join(heads)} |")
    print("|---|" + "---:|" * (1 + len(kinds)))
    for truth in (truth for truth in TRUTHS if asked.only in truth.name):
        random = np.random.default_rng(asked.seed)
        number = asked.sessions if not (truth.steeper or truth.leak) else asked.sessions // 4
        found = [session(truth, POLICY, random) for _ in range(number)]
        shares = [rate([getattr(each, kind) for each in found]) for kind in kinds]
        print(f"| {truth.name} | {number} | {' | '.join(shares)} |", flush=True)


if __name__ == "__main__":
    main()
