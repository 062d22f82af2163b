"""Sequential bisection with replicated steps: the largest size that still meets the objectives.

A search is a value: it says which size to run next, is given what came of it, and becomes the next
value. A size is run until Student's test of its runs' *excess* says that it meets the objectives or
misses them, at the share of α that this look at this step has; a size that stays undecided is near
the redline, and counts as no answer: the search then goes on below and above it. So with chance at
least 1 − α no step is decided wrongly, and the redline is between the largest size that met and the
smallest that missed, if a larger size never does better than a smaller one.

Runs that say nothing of the component (`Redline.drop`: the generator was the limit, the machine was
disturbed) decide nothing; where there are too many of them, the size stays undecided.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import lru_cache
from itertools import pairwise
from math import ceil, inf, isnan, log2, sqrt

import numpy as np
from scipy.special import stdtr

from loadstone.model.redline import SCATTER

# Choices; `python -m benchmarks.redline_search` shows their errors and their cost.
FARTHEST = 1.0  # an excess counts at most so much, so that a collapse is not all variance
FLOOR = 0.005  # standard deviation of a run's excess that is believed at least
DROPPED = 3  # runs of a size that may say nothing before it is given up


class SizeVerdict(StrEnum):
    """Verdict on one size from its runs."""

    MET = "met"
    MISSED = "missed"
    OPEN = "open"  # more runs may decide
    UNDECIDED = "undecided"  # as many as allowed did not


@lru_cache(maxsize=4096)
def _decide(found: tuple[float, ...], level: float, least: int, most: int) -> SizeVerdict:
    """The first look at which Student's test decides, with chance at most `level` wrongly.

    A size either meets or misses, so at each look one tail alone can be wrong. The looks share the
    level as the squares of their runs: most of it is for the last ones, where it decides the most.
    """
    sample = [max(-FARTHEST, min(FARTHEST, one)) for one in found]
    whole = sum(n * n for n in range(least, most + 1))
    for n in range(least, min(len(sample), most) + 1):
        error = max(float(np.std(sample[:n], ddof=1)), FLOOR) / sqrt(n)
        t = float(np.mean(sample[:n])) / error
        if stdtr(n - 1, -abs(t)) <= level * n * n / whole:
            return SizeVerdict.MISSED if t > 0 else SizeVerdict.MET
    return SizeVerdict.UNDECIDED if len(sample) >= most else SizeVerdict.OPEN


@dataclass(frozen=True, kw_only=True)
class Bisection:
    """Search for neighbours among sizes of which one met the objectives and the next did not."""

    sizes: Sequence[float]  # two or more, above 0 and rising
    alpha: float = 0.05  # chance that any step is decided wrongly
    least: int = 3  # runs of one size
    most: int = 10
    runs: Mapping[float, Sequence[float]] | None = None  # size → excesses
    dropped: Mapping[float, Sequence[str]] | None = None  # size → why runs say nothing, in a word

    def __post_init__(self) -> None:
        rising = all(low < high for low, high in pairwise(self.sizes))
        if len(self.sizes) < 2 or self.sizes[0] <= 0 or not rising:
            raise ValueError("a redline needs two sizes or more, above 0 and rising")
        if not 2 <= self.least <= self.most:
            raise ValueError("a size needs 2 ≤ least ≤ most runs")

    @property
    def steps(self) -> int:
        """Largest number of sizes that may be tried: both ends, and each halving between them.

        A size without an answer leaves two parts to halve, below and above it.
        """
        halvings = ceil(log2(len(self.sizes) - 1))
        return 2 + max(0, 2 * halvings - 1)

    def said(self, size: float) -> SizeVerdict:
        """Verdict of a size so far, or when its runs first decided."""
        own = tuple((self.runs or {}).get(size, ()))
        found = _decide(own, self.alpha / self.steps, self.least, self.most)
        given_up = len((self.dropped or {}).get(size, ())) >= DROPPED
        return SizeVerdict.UNDECIDED if found is SizeVerdict.OPEN and given_up else found

    def why(self, size: float) -> str:
        """Reason of an undecided size: `SCATTER`, or the most frequent word of what was dropped."""
        if self.said(size) is not SizeVerdict.UNDECIDED:
            return ""
        if len((self.runs or {}).get(size, ())) >= self.most:
            return SCATTER
        return Counter((self.dropped or {})[size]).most_common(1)[0][0]

    def next(self) -> float | None:
        """Next size to run once more; None when the search is over."""
        low, high = self.sizes[0], self.sizes[-1]
        for end in (low, high):
            if self.said(end) is SizeVerdict.OPEN:
                return end
            if end == low and (self.said(low) is SizeVerdict.MISSED or self._dropped(low)):
                return None
        met, below = self.size, None
        if met is not None:
            below = self._halving(met, self._above())
        return below if below is not None else self._halving(*self._not_missed())

    def _not_missed(self) -> tuple[float, float]:
        """The largest size that is not known to miss, and the smallest beyond it that is.

        Beyond a size that could not be tried no other one can be. The same size twice: there is
        nothing to look for.
        """
        tried = self._tried()
        over = (
            size for size in tried if self.said(size) is SizeVerdict.MISSED or self._dropped(size)
        )
        end = next(over, 0.0)
        answers = (SizeVerdict.MET, SizeVerdict.UNDECIDED)
        return max((s for s in tried if s < end and self.said(s) in answers), default=end), end

    def _dropped(self, size: float) -> bool:
        """Whether it is undecided for another reason than that its runs scatter."""
        return self.why(size) not in ("", SCATTER)

    def _halving(self, low: float, high: float) -> float | None:
        """The size between two that is being tried, or else the one in their middle."""
        between = [size for size in self.sizes if low < size < high]
        begun = [size for size in between if size in self._tried()]
        if begun or not between:
            return begun[0] if begun else None
        return between[(len(between) - 1) // 2]

    def add(self, size: float, found: float) -> Bisection:
        """The search after one more run of a size, which missed its objectives by `found`.

        `found`: see `excess.py`; infinite for a run that failed.
        """
        runs = dict(self.runs or {})
        runs[size] = (*runs.get(size, ()), inf if isnan(found) else found)
        return replace(self, runs=runs)

    def drop(self, size: float, why: str) -> Bisection:
        """The search after one more run of a size that says nothing of the component."""
        dropped = dict(self.dropped or {})
        dropped[size] = (*dropped.get(size, ()), why)
        return replace(self, dropped=dropped)

    @property
    def size(self) -> float | None:
        """The largest size that met the objectives, below every size that did not; or None."""
        above = self._above()
        met = [
            each for each in self._tried() if self.said(each) is SizeVerdict.MET and each < above
        ]
        return met[-1] if met else None

    @property
    def missed(self) -> float | None:
        """The smallest size that missed them; None if none did."""
        return next((each for each in self._tried() if self.said(each) is SizeVerdict.MISSED), None)

    @property
    def undecided(self) -> tuple[float, ...]:
        """Sizes that were left without an answer."""
        return tuple(each for each in self._tried() if self.said(each) is SizeVerdict.UNDECIDED)

    def _tried(self) -> list[float]:
        return sorted({*(self.runs or {}), *(self.dropped or {})})

    def _above(self) -> float:
        """The smallest size that missed, or stayed undecided."""
        over = (SizeVerdict.MISSED, SizeVerdict.UNDECIDED)
        return next((each for each in self._tried() if self.said(each) in over), inf)
