"""The largest size that still meets the objectives, found by bisection with replicated steps.

A search is a value: it says which size to run next, is given what came of it, and becomes the next
value. A size is run until Student's test of its runs' *excess* says that it meets the objectives or
misses them, at the share of α that this look at this step has; a size that stays undecided is near
the redline, and counts as no answer. So with chance at least 1 − α no step is decided wrongly,
and the redline is between the largest size that met and the smallest that missed, if a larger size
never does better than a smaller one.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from math import ceil, inf, isnan, log, log2, sqrt

import numpy as np
from scipy.special import stdtr

from loadstone.model import Objective

FARTHEST = 1.0  # an excess counts at most so much, so that a collapse is not all variance
FLOOR = 0.005  # standard deviation of a run's excess that is believed at least


class Said(StrEnum):
    """What the runs of one size say."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"  # more runs may decide
    UNDECIDED = "undecided"  # as many as allowed did not


def excess(values: Mapping[str, float], objectives: Sequence[Objective]) -> float:
    """By how much a run misses its objectives, as a log-ratio to the worst of them; ≤ 0 meets all.

    A bound of 0 is met exactly or missed wholly; a value that is missing is a miss.
    """
    return max((_excess(values.get(each.metric), each) for each in objectives), default=-inf)


@lru_cache(maxsize=4096)
def _decide(found: tuple[float, ...], level: float, least: int, most: int) -> Said:
    """The first look at which Student's test decides, at `level` for both sides of it."""
    sample = [max(-FARTHEST, min(FARTHEST, one)) for one in found]
    for n in range(least, min(len(sample), most) + 1):
        error = max(float(np.std(sample[:n], ddof=1)), FLOOR) / sqrt(n)
        t = float(np.mean(sample[:n])) / error
        if stdtr(n - 1, -abs(t)) <= level / 2:
            return Said.MISSED if t > 0 else Said.MET
    return Said.UNDECIDED if len(sample) >= most else Said.OPEN


def _excess(value: float | None, objective: Objective) -> float:
    if value is None or isnan(value):
        return inf
    found = -inf
    for bound, sign in ((objective.at_most, 1), (objective.at_least, -1)):
        if bound is None:
            continue
        if bound <= 0 or value <= 0:
            found = max(found, -inf if sign * (value - bound) <= 0 else inf)
        else:
            found = max(found, sign * log(value / bound))
    return found


@dataclass(frozen=True, kw_only=True)
class Redline:
    """A search between `low` and `high`, until the answer is known to a factor of 1 + `precision`.

    `least` and `most`: runs of one size. `whole`: sizes are whole numbers. `runs`: size → excesses.
    """

    low: float
    high: float
    precision: float = 0.1
    alpha: float = 0.05
    least: int = 3
    most: int = 10
    whole: bool = True
    runs: Mapping[float, Sequence[float]] | None = None

    def __post_init__(self) -> None:
        if not 0 < self.low < self.high or self.precision <= 0:
            raise ValueError("a redline is searched between 0 < low < high, with a precision > 0")
        if not 2 <= self.least <= self.most:
            raise ValueError("a size needs 2 ≤ least ≤ most runs")

    @property
    def steps(self) -> int:
        """How many sizes may be tried: both ends, and each halving of what is between them."""
        halvings = log2(log(self.high / self.low) / log(1 + self.precision))
        return 2 + max(1, ceil(halvings))

    def said(self, size: float) -> Said:
        """What the runs of a size say so far, or said when they first decided."""
        level = self.alpha / self.steps / (self.most - self.least + 1)
        return _decide(tuple((self.runs or {}).get(size, ())), level, self.least, self.most)

    def next(self) -> float | None:
        """The size to run once more; None when the search is over."""
        if not self._met():
            return self.low if self.said(self.low) is Said.OPEN else None
        if self.said(self.high) is Said.OPEN:
            return self.high
        if self.said(self.high) is Said.MET:
            return None
        low, high = self._met()[-1], self._above()
        middle = sqrt(low * high)
        size = float(round(middle)) if self.whole else middle
        if high <= low * (1 + self.precision) or not low < size < high:
            return None
        open_ = [each for each in self._sizes() if low < each < high]
        return open_[0] if open_ else size

    def add(self, size: float, found: float) -> Redline:
        """The search after one more run of a size, which missed its objectives by `found`.

        `found`: see `excess`; infinite for a run that failed.
        """
        if isnan(found):
            found = inf
        runs = dict(self.runs or {})
        runs[size] = (*runs.get(size, ()), found)
        return replace(self, runs=runs)

    @property
    def size(self) -> float | None:
        """The largest size that met the objectives; None if none did."""
        return self._met()[-1] if self._met() else None

    @property
    def missed(self) -> float | None:
        """The smallest size that missed them; None if none did."""
        return next((each for each in self._sizes() if self.said(each) is Said.MISSED), None)

    @property
    def undecided(self) -> tuple[float, ...]:
        """Sizes whose runs scatter about the objectives."""
        return tuple(each for each in self._sizes() if self.said(each) is Said.UNDECIDED)

    def _sizes(self) -> list[float]:
        return sorted(self.runs or {})

    def _met(self) -> list[float]:
        """Sizes that met, below every size that did not."""
        met = [each for each in self._sizes() if self.said(each) is Said.MET]
        return [each for each in met if each < self._above()]

    def _above(self) -> float:
        """The smallest size that missed, or stayed undecided."""
        over = (Said.MISSED, Said.UNDECIDED)
        return next((each for each in self._sizes() if self.said(each) in over), inf)
