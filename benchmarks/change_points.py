"""Change points in simulated series: how often where there is none, and how often where there is.

    python benchmarks/change_points.py --series 400

A series is the head of a case, record after record: heavy-tailed noise (t₄) of 5 % between
records, flat, with one step at two thirds, or with one that is taken back. *Alarm*: anything found
in a flat series. *Found*: a change point within two records of each step. *Others*: found
elsewhere. Each with its 95 % interval. Where
`apache-otava` can be imported (`pip install -r requirements-peers.lock`, in an environment of its
own) its defaults run on the same numbers.

A second table is of whole suites (4 cases of 3 metrics on machines that differ by 8 % from day to
day), read as `loadstone series` reads them: once, or again after every record. *Others*: change
points of rows that did not change.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, default_rng

from loadstone.model import Case, CasePlan, Direction, Metric, Run, Side
from loadstone.model.series import ChangePoint, Point
from loadstone.stats.change_points.detect import RecordMeans, shifts
from loadstone.stats.change_points.trends import trend
from loadstone.stats.common.proportions import share
from loadstone.stats.common.samples import Floats

NOISE = 0.05
NEAR = 2
METRIC = Metric(name="p99", unit="s", direction=Direction.LOWER, margin=0.0)

Finder = Callable[[Floats, Generator], Sequence[int]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of series: `size` records, a step of `step` (log), `memory` of AR(1).

    The step is at two thirds, or at one third and `back` at two thirds.
    """

    name: str
    size: int
    step: float = 0.0
    memory: float = 0.0
    back: bool = False

    @property
    def places(self) -> Sequence[int]:
        if not self.step:
            return ()
        return (self.size // 3, self.size * 2 // 3) if self.back else (self.size * 2 // 3,)

    def draw(self, rng: Generator) -> Floats:
        """Logs of the values, record by record."""
        noise = NOISE * rng.standard_t(4, self.size) / 2**0.5
        for at in range(1, self.size):
            noise[at] = self.memory * noise[at - 1] + (1 - self.memory**2) ** 0.5 * noise[at]
        for number, place in enumerate(self.places):
            noise[place:] += self.step if number == 0 else -self.step
        return noise


KINDS = (
    Kind(name="flat, 30 records", size=30),
    Kind(name="flat, 100 records", size=100),
    Kind(name="flat, 100, neighbours alike (0.3)", size=100, memory=0.3),
    Kind(name="+5 % in 50 records", size=50, step=float(np.log(1.05))),
    Kind(name="+10 % in 50 records", size=50, step=float(np.log(1.10))),
    Kind(name="+20 % in 50 records", size=50, step=float(np.log(1.20))),
    Kind(name="+10 % in 20 records", size=20, step=float(np.log(1.10))),
    Kind(name="+10 % and back in 50 records", size=50, step=float(np.log(1.10)), back=True),
    Kind(name="+20 % and back in 50 records", size=50, step=float(np.log(1.20)), back=True),
)


def ours(values: Floats, rng: Generator) -> Sequence[int]:
    names = [str(number) for number in range(values.size)]
    series = RecordMeans(cases=["one"], metrics=[METRIC], revisions=names, values=values[None, :])
    return [int(found.bad) for found in shifts(series, rng)]


def otava() -> Finder | None:
    try:
        from otava.analysis import compute_change_points
    except ImportError:
        return None

    def find(values: Floats, _rng: Generator) -> Sequence[int]:
        found = compute_change_points([float(each) for each in np.exp(values)])
        points = found[0] if isinstance(found, tuple) else found
        return [point.index for point in points]

    return find


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    parser.add_argument("--series", type=int, default=400)
    parser.add_argument("--suites", type=int, default=100)
    parser.add_argument("--seed", type=int, default=20261122)
    arguments = parser.parse_args()
    peer = otava()
    finders = {"Loadstone": ours, **({"Otava": peer} if peer else {})}
    print("| series | rule | alarm or found | others | a series |")
    print("|---|---|---:|---:|---:|")
    for number, kind in enumerate(KINDS):
        for name, find in finders.items():
            rng = default_rng([arguments.seed, number])
            print(row(kind, name, find, rng, arguments.series), flush=True)
    print("\n| suites of 12 rows | looks | others shown | others, confirmed | the true one |")
    print("|---|---|---:|---:|---:|")
    for number, suite in enumerate(SUITES):
        rng = default_rng([arguments.seed, 100 + number])
        print(suite_row(suite, rng, arguments.suites), flush=True)


def row(kind: Kind, name: str, find: Finder, rng: Generator, count: int) -> str:
    hits = others = 0
    taken = 0.0
    drawn = [kind.draw(rng) for _ in range(count)]
    for values in drawn:
        start = time.perf_counter()
        found = find(values, rng)
        taken += time.perf_counter() - start
        near = [[at for at in found if abs(at - place) <= NEAR] for place in kind.places]
        hits += all(near) if kind.step else bool(found)
        others += bool(kind.step) and len(found) > sum(map(len, near))
    return (
        f"| {kind.name} | {name} | {cell(hits, count)} | "
        f"{cell(others, count) if kind.step else '–'} | {1000 * taken / count:.1f} ms |"
    )


@dataclass(frozen=True, kw_only=True)
class Suite:
    """A kind of suite: from `first` to `size` records; `step` (log) of one row at two thirds."""

    name: str
    first: int
    size: int
    step: float = 0.0


SUITES = (
    Suite(name="flat, 30 records", first=30, size=30),
    Suite(name="flat, from 6 to 30 records", first=6, size=30),
    Suite(name="+10 % of one row in 30 records", first=30, size=30, step=float(np.log(1.10))),
    Suite(name="+20 % of one row in 30 records", first=30, size=30, step=float(np.log(1.20))),
)
CASES, METRICS, ROUNDS = ("one", "two", "three", "four"), ("p50", "p99", "cpu"), 4
MACHINE, OWN, RUN = 0.08, 0.03, 0.05  # log: of the day, of a row on that day, of a run
CHANGED = ("two", "cpu")


def suite_row(suite: Suite, rng: Generator, count: int) -> str:
    shown = gated = hits = 0
    for _ in range(count):
        others: list[ChangePoint] = []
        true = False
        sessions = [_session(suite, place, rng) for place in range(suite.size)]
        for seen in range(suite.first, suite.size + 1):
            found = trend(STOPS[:seen], sessions[:seen], PLANS, rng).changes
            right = [each for each in found if suite.step and _key(each) == CHANGED]
            others += [each for each in found if each not in right]
            true |= bool(right)
        shown += bool(others)
        gated += any(each.confirmed for each in others)
        hits += true
    looks = "one" if suite.first == suite.size else f"{suite.size - suite.first + 1}"
    true_ones = cell(hits, count) if suite.step else "–"
    return f"| {suite.name} | {looks} | {cell(shown, count)} | {cell(gated, count)} | {true_ones} |"


def _key(change: ChangePoint) -> tuple[str, str]:
    return change.case, change.metric.name


def _session(suite: Suite, place: int, rng: Generator) -> list[Run]:
    day = {metric: MACHINE * rng.standard_normal() for metric in METRICS}
    own = {(c, m): OWN * rng.standard_normal() for c in CASES for m in METRICS}
    if suite.step and place >= suite.size * 2 // 3:
        own[CHANGED] += suite.step
    return [
        Run(
            case=case,
            side=Side.HEAD,
            round=number,
            order=0,
            started="",
            seconds=1.0,
            values={
                m: float(np.exp(day[m] + own[case, m] + RUN * rng.standard_t(4))) for m in METRICS
            },
        )
        for number in range(ROUNDS)
        for case in CASES
    ]


PLANS = [
    CasePlan(
        case=Case(scenario=case),
        metrics=[
            Metric(name=name, unit="s", direction=Direction.LOWER, margin=0.0) for name in METRICS
        ],
    )
    for case in CASES
]
STOPS = [Point(revision=f"r{n}", program=f"r{n}", started="", key="") for n in range(100)]


def cell(hits: int, count: int) -> str:
    found = share(hits, count)
    return f"{found.share:.1%} ({found.low:.1%} to {found.high:.1%})"


if __name__ == "__main__":
    main()
