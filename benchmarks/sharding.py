"""What shards do to the judge: how often it is wrong, what it finds, what it costs.

    python -m benchmarks.sharding [--reports 400] [--seed 1000] [--shards 1 2 4 12]

Each simulated report is measured by so many machines, which see their own cases alone and look with
their part of α, and judged as one. The same reports are judged with every number of machines, so
that the lines differ by nothing else. Cases are simulated with a machine of their own for each
shard: what lasts for a session is drawn anew on each of them.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import NDArray

from benchmarks.operating_characteristics import CALM, EFFECTS, SMALL, shown
from benchmarks.rules import Flags
from benchmarks.simulator import Effect, Report, Suite, simulate
from loadstone.model import Policy
from loadstone.stats.common.samples import Samples
from loadstone.stats.comparison.analysis import Analysis, analyse
from loadstone.stats.comparison.sequential import promising

SUITES = {"default": Suite(), "calm": CALM, "small and calm": SMALL}


@dataclass(frozen=True, kw_only=True)
class Judged:
    """What was said of one report, and what its shards measured."""

    any: bool
    found: bool
    rows: float  # share of the truly changed rows that were flagged
    rounds: float  # per case
    wall: float  # rounds of a case, over those of one machine with all cases: the slowest shard


def shards_of(names: Sequence[str], of: int) -> list[list[str]]:
    """The cases of each machine; they take equally long here."""
    return [list(names[number::of]) for number in range(of)]


def judged(samples: Samples, policy: Policy, of: int) -> tuple[Analysis, list[float]]:
    """The judgement of all runs, and the rounds that each machine measured, over all cases."""
    names = list(dict.fromkeys(samples.cases))
    cases = np.array(samples.cases)
    keep = np.zeros(samples.base.shape, dtype=bool)
    cost, last = [], 0
    for mine in shards_of(names, of):
        inside = np.isin(cases, mine)
        rounds = _measured(samples, policy, inside, keep) if mine else {}
        cost.append(sum(rounds.values()) / len(names))
        last = max([last, *rounds.values()])
    return analyse(shown(samples, keep, last), policy), cost


def _measured(
    samples: Samples, policy: Policy, inside: NDArray[np.bool_], keep: Flags
) -> dict[str, int]:
    """Steer a machine as the product does, mark in `keep` what it measured; rounds by case."""
    places = [int(row) for row in np.flatnonzero(inside)]
    part = Samples(
        cases=[samples.cases[row] for row in places],
        metrics=[samples.metrics[row] for row in places],
        rounds=samples.rounds,
        base=samples.base[places],
        head=samples.head[places],
    )
    mine = replace(policy, alpha=policy.alpha * len(places) / len(samples.cases))
    seen = np.zeros(part.base.shape, dtype=bool)
    cases = np.array(part.cases)
    open_, done = set(part.cases), 0
    rounds = dict.fromkeys(part.cases, 0)
    for look in policy.looks:
        seen[np.isin(cases, list(open_)), done:look] = True
        rounds |= dict.fromkeys(open_, look)
        done = look
        open_ = set(promising(analyse(shown(part, seen, look), mine), part.cases, mine))
        if not open_:
            break
    keep[places] = seen
    return rounds


def reports(suite: Suite, effect: Effect, number: int, seed: int, of: int) -> Iterator[Report]:
    """Reports of which every shard's cases were measured on a machine of their own."""
    for index in range(number):
        project = replace(suite, seed=1000 * seed + index % 20)
        random = np.random.default_rng([seed, 3, index])
        machines = [simulate(project, effect, random) for _ in range(of)]
        yield _joined(machines, of)


def _joined(machines: Sequence[Report], of: int) -> Report:
    first = machines[0].samples
    names = list(dict.fromkeys(first.cases))
    base, head = first.base.copy(), first.head.copy()
    truth = machines[0].truth.copy()
    for report, mine in zip(machines, shards_of(names, of), strict=True):
        rows = np.isin(np.array(first.cases), mine)
        base[rows], head[rows] = report.samples.base[rows], report.samples.head[rows]
        truth[rows] = report.truth[rows]
    samples = replace(first, base=base, head=head)
    return Report(samples=samples, truth=truth)


def run(
    suite: Suite, effect: Effect, number: int, seed: int, of: int, policy: Policy | None = None
) -> list[Judged]:
    """What is said of `number` reports, each measured by `of` machines."""
    found = []
    for report in reports(suite, effect, number, seed, of):
        analysis, cost = judged(report.samples, policy or Policy(), of)
        size = len(report.truth)
        right = analysis.flagged[:size] & (report.truth != 0)
        found.append(
            Judged(
                any=bool(analysis.flagged.any()),
                found=bool(right.any()),
                rows=float(right.sum() / max((report.truth != 0).sum(), 1)),
                rounds=sum(cost),
                wall=max(cost),
            )
        )
    return found


def _share(values: Sequence[float]) -> str:
    mean, error = float(np.mean(values)), float(np.std(values)) / sqrt(len(values))
    return f"{100 * mean:.1f} ± {100 * max(error, 0.1 / len(values)):.1f} %"


def main(write: Callable[[str], None] = print) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=400)
    parser.add_argument("--seed", type=int, default=1000)
    parser.add_argument("--shards", type=int, nargs="+", default=[1, 2, 4, 12])
    asked = parser.parse_args()
    write("suite | shards | alarm | rounds | slowest | found +10 % | rows | rounds | slowest")
    for name, suite in SUITES.items():
        for of in asked.shards:
            none = run(suite, EFFECTS["none"], asked.reports, asked.seed, of)
            some = run(suite, EFFECTS["+10 %"], max(asked.reports // 2, 10), asked.seed, of)
            cells = [name, str(of), _share([one.any for one in none])]
            cells += [f"{np.mean([one.rounds for one in none]):.2f}"]
            cells += [f"{np.mean([one.wall for one in none]):.2f}"]
            cells += [_share([one.found for one in some]), _share([one.rows for one in some])]
            cells += [f"{np.mean([one.rounds for one in some]):.2f}"]
            cells += [f"{np.mean([one.wall for one in some]):.2f}"]
            write(" | ".join(cells))


if __name__ == "__main__":
    main()
