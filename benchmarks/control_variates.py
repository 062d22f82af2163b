"""What a control variate does to a solo row: its level, its power, and what it may hide.

    python -m benchmarks.control_variates [--reports 4000] [--seed 1000]

prints the table of docs/decisions/0190-adjusted-rows-do-not-gate.md. A pair's log-ratio and its
neighbour's are of Student's t₄ with a standard deviation of 11 %, correlated as said; each is
tested at 5 %, alone.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.random import Generator
from scipy.special import stdtr

from loadstone.stats.common.samples import Floats
from loadstone.stats.designs.control_variates import adjusted, change

SD = 0.11  # of a pair of solo rounds
NU = 4.0
PAIRS = (4, 6, 12)


@dataclass(frozen=True, kw_only=True)
class Truth:
    """What is true of a line: log-ratios of the row and of its neighbour, and their correlation."""

    name: str
    related: float
    row: float = 0.0
    neighbour: float = 0.0


TRUTHS = (
    Truth(name="nothing changed, unrelated", related=0.0),
    Truth(name="nothing changed, 0.7", related=0.7),
    Truth(name="nothing changed, 0.94", related=0.94),
    Truth(name="row +10 %, 0.7", related=0.7, row=0.095),
    Truth(name="row +10 %, 0.94", related=0.94, row=0.095),
    Truth(name="neighbour +3 %, 0.94", related=0.94, neighbour=0.03),
    Truth(name="both +5 %, 0.94", related=0.94, row=0.05, neighbour=0.05),
)


def pairs(truth: Truth, n: int, random: Generator) -> tuple[Floats, Floats]:
    """Log-ratios of a row and of its neighbour."""
    shared, own = random.standard_t(NU, (2, n)) * np.sqrt((NU - 2) / NU) * SD
    row = truth.related * shared + np.sqrt(1 - truth.related**2) * own
    return row + truth.row, shared + truth.neighbour


def line(truth: Truth, n: int, number: int, seed: int) -> str:
    """A line of the table: shares of reports, and the half width of intervals."""
    random = np.random.default_rng([seed, n])
    raw, beside, refused, wide, narrow = [], [], [], [], []
    for _ in range(number):
        row, neighbour = pairs(truth, n, random)
        error = row.std(ddof=1) / np.sqrt(n)
        raw.append(2 * stdtr(n - 1, -abs(row.mean()) / error) < 0.05)
        _, still = change(neighbour)
        found = adjusted(row, neighbour)
        refused.append(not still)
        beside.append(still and found.p < 0.05)
        wide.append(error)
        narrow.append(found.error)
    shares = " | ".join(f"{100 * np.mean(each):.1f} %" for each in (raw, beside, refused))
    return f"| {truth.name} | {n} | {shares} | {np.median(narrow) / np.median(wide):.2f} |"


def main(write: Callable[[str], None] = print) -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--reports", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=1000)
    asked = parser.parse_args()
    write("| what is true, correlation | pairs | row | adjusted | refused | error, of the row's |")
    write("|---|--:|--:|--:|--:|--:|")
    for truth in TRUTHS:
        for n in PAIRS:
            write(line(truth, n, asked.reports, asked.seed))


if __name__ == "__main__":
    main()
