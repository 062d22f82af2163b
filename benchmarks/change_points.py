"""Change points in simulated series: how often where there is none, and how often where there is.

    python benchmarks/change_points.py --series 400

A series is the head of a case, record after record: heavy-tailed noise (t₄) of 5 % between
records, flat or with one step. *Alarm*: anything found in a flat series. *Found*: a change point
within two records of the step. *Others*: found elsewhere. Each with its 95 % interval. Where
`apache-otava` can be imported (`pip install -r requirements-peers.lock`, in an environment of its
own) its defaults run on the same numbers.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator, default_rng

from loadstone.model import Direction, Metric
from loadstone.stats.proportions import share
from loadstone.stats.samples import Floats
from loadstone.stats.series import Points, shifts

NOISE = 0.05
NEAR = 2
METRIC = Metric(name="p99", unit="s", direction=Direction.LOWER, margin=0.0)

Finder = Callable[[Floats, Generator], Sequence[int]]


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of series: `size` records, a step of `step` (log) at two thirds, `memory` of AR(1)."""

    name: str
    size: int
    step: float = 0.0
    memory: float = 0.0

    @property
    def place(self) -> int:
        return self.size * 2 // 3

    def draw(self, rng: Generator) -> Floats:
        """Logs of the values, record by record."""
        noise = NOISE * rng.standard_t(4, self.size) / 2**0.5
        for at in range(1, self.size):
            noise[at] = self.memory * noise[at - 1] + (1 - self.memory**2) ** 0.5 * noise[at]
        noise[self.place :] += self.step
        return noise


KINDS = (
    Kind(name="flat, 30 records", size=30),
    Kind(name="flat, 100 records", size=100),
    Kind(name="flat, 100, neighbours alike (0.3)", size=100, memory=0.3),
    Kind(name="+5 % in 50 records", size=50, step=float(np.log(1.05))),
    Kind(name="+10 % in 50 records", size=50, step=float(np.log(1.10))),
    Kind(name="+20 % in 50 records", size=50, step=float(np.log(1.20))),
    Kind(name="+10 % in 20 records", size=20, step=float(np.log(1.10))),
)


def ours(values: Floats, rng: Generator) -> Sequence[int]:
    names = [str(number) for number in range(values.size)]
    series = Points(cases=["one"], metrics=[METRIC], revisions=names, values=values[None, :])
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


def row(kind: Kind, name: str, find: Finder, rng: Generator, count: int) -> str:
    hits = others = 0
    taken = 0.0
    drawn = [kind.draw(rng) for _ in range(count)]
    for values in drawn:
        start = time.perf_counter()
        found = find(values, rng)
        taken += time.perf_counter() - start
        near = [at for at in found if kind.step and abs(at - kind.place) <= NEAR]
        hits += bool(near) if kind.step else bool(found)
        others += bool(kind.step) and len(found) > len(near)
    return (
        f"| {kind.name} | {name} | {cell(hits, count)} | "
        f"{cell(others, count) if kind.step else '–'} | {1000 * taken / count:.1f} ms |"
    )


def cell(hits: int, count: int) -> str:
    found = share(hits, count)
    return f"{found.share:.1%} ({found.low:.1%} to {found.high:.1%})"


if __name__ == "__main__":
    main()
