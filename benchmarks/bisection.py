"""How often a bisection names a commit that it should not, and what it costs, on simulated pairs.

    python -m benchmarks.bisection [--searches 2000] [--seed 1]

prints a line for each setting: how often the right commit was named, how often a wrong one (or any,
where nothing changed), how often the answer was a range that has the right one, and the pairs and
commits that were measured. The noise is of one pair's relative difference; changes are in units of
its standard deviation.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from math import sqrt

import numpy as np
from numpy.random import Generator

from loadstone.model.bisect import BisectAnswer
from loadstone.stats.bisect.commit_search import SearchState, SearchTerms, TriedCommit, state

LOOKS = (4, 6, 9, 13, 20, 30)
NOISE = 0.02  # standard deviation of a pair's relative difference


@dataclass(frozen=True, kw_only=True)
class Range:
    """A simulated range: what each commit adds, and how its pairs scatter."""

    name: str
    commits: int = 64
    change: float = 0.0  # of the first slow commit, in standard deviations of a pair
    slope: float = 0.0  # what all commits together add, spread evenly over the range
    tails: float = float("inf")  # degrees of freedom of the noise
    uneven: float = 0.0  # log sd of the noise between commits
    slow_noise: float = 1.0  # factor on the noise of the slow commits
    broken: float = 0.0  # share of the commits that do not build
    looks: Sequence[int] = field(default=LOOKS)


RANGES = [
    Range(name="nothing changed"),
    Range(name="nothing changed, t₃", tails=3),
    Range(name="nothing changed, noise e^±0.5 between commits", uneven=0.5),
    Range(name="1 commit, nothing changed", commits=1),
    Range(name="a change of 2", change=2),
    Range(name="a change of 3", change=3),
    Range(name="a change of 5", change=5),
    Range(name="a change of 10", change=10),
    Range(name="a change of 5, t₃", change=5, tails=3),
    Range(name="a change of 5, noise e^±0.5 between commits", change=5, uneven=0.5),
    Range(name="a change of 5, slow ones twice as noisy", change=5, slow_noise=2),
    Range(name="a change of 5, a fifth does not build", change=5, broken=0.2),
    Range(name="a change of 5 among 1000", change=5, commits=1000),
    Range(name="a change of 4 and a slope of 2", change=4, slope=2),
]


@dataclass(frozen=True, kw_only=True)
class Searched:
    """What came of one search."""

    right: bool
    wrong: bool
    among: bool  # a range that has the right commit
    pairs: int
    measured: int


def search(given: Range, random: Generator) -> Searched:
    """One search of a range whose first slow commit is anywhere."""
    first = int(random.integers(1, given.commits + 1))
    places = np.arange(given.commits + 1)
    level = NOISE * (given.change * (places >= first) + given.slope * places / given.commits)
    noise = NOISE * np.exp(random.normal(0, given.uneven, given.commits + 1))
    noise = np.where(places >= first, given.slow_noise, 1.0) * noise
    builds = random.random(given.commits + 1) >= given.broken
    builds[given.commits] = True
    terms = SearchTerms(commits=given.commits, looks=given.looks, margin=0.0)
    tried: list[TriedCommit] = []
    while (now := state(terms, tried)).next is not None:
        if not tried or tried[-1].place != now.next:
            tried.append(TriedCommit(place=now.next, skipped=not builds[now.next]))
            continue
        last = tried[-1]
        more = next(look for look in given.looks if look > len(last.sample)) - len(last.sample)
        drawn = level[last.place] + noise[last.place] * _drawn(given.tails, more, random)
        tried[-1] = replace(last, sample=[*last.sample, *drawn])
    return _outcome(given, now, tried, first, level)


def _drawn(tails: float, number: int, random: Generator) -> np.ndarray:
    if np.isinf(tails):
        return random.normal(size=number)
    return random.standard_t(tails, size=number) / sqrt(tails / (tails - 2))


def _outcome(
    given: Range, now: SearchState, tried: Sequence[TriedCommit], first: int, level: np.ndarray
) -> Searched:
    named = now.answer is BisectAnswer.COMMIT
    if given.slope:  # right is what the promise says: the range crosses the cut there
        crosses = now.cut is not None and level[now.low] < now.cut < level[now.high]
    else:
        crosses = bool(given.change) and now.low < first <= now.high
    return Searched(
        right=named and crosses,
        wrong=now.answer in (BisectAnswer.COMMIT, BisectAnswer.RANGE) and not crosses,
        among=now.answer is BisectAnswer.RANGE and crosses,
        pairs=sum(len(each.sample) for each in tried),
        measured=sum(not each.skipped for each in tried),
    )


def run(given: Range, number: int, seed: int) -> list[Searched]:
    """What came of so many searches."""
    return [search(given, np.random.default_rng([seed, index])) for index in range(number)]


def main(write: Callable[[str], None] = print) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--searches", type=int, default=2000)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    write("range | named right | wrong | a range with it | pairs | commits measured")
    for given in RANGES:
        found = run(given, asked.searches, asked.seed)
        cells = [given.name]
        for name in ("right", "wrong", "among"):
            share = float(np.mean([getattr(one, name) for one in found]))
            cells.append(f"{100 * share:.1f} %")
        cells += [f"{np.mean([one.pairs for one in found]):.0f}"]
        cells += [f"{np.mean([one.measured for one in found]):.1f}"]
        write(" | ".join(cells))


if __name__ == "__main__":
    main()
