"""How well redlines are found and compared: `python -m benchmarks.redline_search [PAIRS]`.

Made-up components with known redlines are searched in pairs, from 100 to 10,000 to a factor of 1.1:
a queue, whose log-latency bends upwards, with ordinary and with heavy-tailed noise, and a straight
line whose noise grows beyond the bound. Of so many pairs a row says how many brackets do not hold
the truth, in how many pairs head was called lower or higher (with a change of 0 that is a false
alarm), and unchanged, how many intervals of the change hold the truth, how wide they are (high end
by low end, in the middle of the pairs), and how many runs a side took.

The seeds are none of those with which `WIDER` and `BENT` (`stats/redline/crossing.py`) were chosen.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from math import inf, log
from statistics import fmean, median

import numpy as np

from loadstone.model import Bracket, Side, Verdict
from loadstone.stats.redline.bisection import Bisection
from loadstone.stats.redline.crossing import crossing, ratio
from loadstone.stats.redline.redline_change import RedlineChange, compared
from loadstone.stats.redline.size_grid import ladder

FIRST_SEED = 7_000_000
PRECISION, ALPHA = 0.1, 0.05
Excess = Callable[[float, np.random.Generator], float]
_FLAGGED = (Verdict.REGRESSION, Verdict.IMPROVEMENT)


def queue(redline: float, noise: float) -> Excess:
    """Latency 1/3 of the bound when idle, endless at 1.5 times the redline."""

    def run(size: float, rng: np.random.Generator) -> float:
        busy = size / redline / 1.5
        return inf if busy >= 1 else -log(3 * (1 - busy)) + rng.normal(0, noise)

    return run


def heavy(redline: float, noise: float) -> Excess:
    """The queue with Student's t of 3 degrees of freedom as its noise."""
    quiet = queue(redline, 0.0)
    return lambda size, rng: quiet(size, rng) + noise * float(rng.standard_t(3)) / 1.3


def straight(redline: float, noise: float) -> Excess:
    """Excess in proportion to size, noisier the farther beyond the bound."""

    def run(size: float, rng: np.random.Generator) -> float:
        excess = log(size / redline)
        return excess + float(rng.normal(0, noise * (1 + 2 * max(excess, 0.0))))

    return run


SHAPES = {"queue": queue, "heavy tails": heavy, "straight": straight}


@dataclass(kw_only=True)
class Tally:
    """What came of the pairs of one row."""

    wrong: int = 0
    flagged: int = 0
    same: int = 0
    held: int = 0
    widths: list[float] = field(default_factory=list)
    runs: list[int] = field(default_factory=list)


def searched(excess: Excess, rng: np.random.Generator) -> Bisection:
    redline = Bisection(sizes=ladder(100, 10_000, PRECISION), alpha=ALPHA / 2)
    while (size := redline.next()) is not None:
        redline = redline.add(size, excess(size, rng))
    return redline


def pair(tally: Tally, shape: str, noise: float, change: float, seed: int) -> None:
    """Search both sides and take down what is said of them."""
    rng = np.random.default_rng(seed)
    base = 1000 + rng.uniform(0, 3000)
    truths = {Side.BASE: base, Side.HEAD: base * (1 + change)}
    found = {side: searched(SHAPES[shape](truths[side], noise), rng) for side in Side}
    brackets = [_bracket(side, each) for side, each in found.items()]
    said, _, verdict = compared(brackets, _lines(found), PRECISION)
    tally.wrong += sum(not _holds(each, truths[each.side]) for each in brackets)
    tally.flagged += verdict in _FLAGGED
    tally.same += verdict is Verdict.UNCHANGED
    low = -1.0 if said.low is None else said.low
    high = inf if said.high is None else said.high
    tally.held += low <= change <= high
    tally.widths.append((1 + high) / max(1 + low, 1e-9))
    tally.runs += [sum(map(len, (each.runs or {}).values())) for each in found.values()]


def _bracket(side: Side, found: Bisection) -> Bracket:
    why = "" if found.missed and not found.undecided else "scatter"
    return Bracket(side=side, met=found.size, missed=found.missed, why=why, steps=())


def _lines(found: dict[Side, Bisection]) -> RedlineChange | None:
    base, head = (crossing(each.runs or {}, ALPHA) for each in found.values())
    if base is None or head is None:
        return None
    between = ratio(base, head)
    return RedlineChange(estimate=between.size - 1, low=between.low - 1, high=between.high - 1)


def _holds(bracket: Bracket, truth: float) -> bool:
    return (bracket.met or 0.0) <= truth < (bracket.missed or inf)


def main(pairs: int) -> None:
    head = ("shape", "noise", "change", "wrong", "said", "unchanged", "held", "width", "runs")
    print("| " + " | ".join(head) + " |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|")
    for shape in SHAPES:
        for noise in (0.05, 0.1, 0.3):
            for change in (0.0, -0.1, -0.25):
                tally = Tally()
                for number in range(pairs):
                    pair(tally, shape, noise, change, FIRST_SEED + number)
                shares = (tally.wrong / 2, tally.flagged, tally.same, tally.held)
                cells = [f"{100 * each / pairs:.1f} %" for each in shares]
                asked = (f"{100 * noise:.0f} %", f"{100 * change:.0f} %".replace("-", "−"))
                told = [shape, *asked, *cells]
                told += [f"×{median(tally.widths):.2f}", f"{fmean(tally.runs):.0f}"]
                print("| " + " | ".join(told) + " |", flush=True)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 400)
