"""Halving with measured pairs: the first commit of a range that is surely slower.

Commits are places 1 … n in first-parent order; 0 is the good end, n the bad one. Each commit that
is tried is measured in pairs against the good end. First the bad end: it has to be surely slower,
or there is nothing to search for. Half of its estimate is the *cut*. Then commits between are
tried, the middle one first, each until its interval lies above the cut (slower) or below it (not
slower).

The promise needs no model of how the range got slower. At most `allowed` commits are measured, and
each has α/allowed: with chance at least 1 − α all intervals hold (Bonferroni; Dunn 1961). Then
every "slower" is above the cut, every "not slower" below it, and between two neighbours of which
one is and the other is not, the range does cross the cut. So with chance at most α

- a commit is named though nothing between the ends changed, or
- the named commit is not slower than the good end by more than the cut, or the one before it is.

If one commit brought the whole change, the named one is it. Halving with answers that may be wrong
is Karp and Kleinberg's (2007) noisy binary search; asking each commit until it is sure costs a
logarithm more than theirs, and gives an answer for every commit that a reader can look at.

A commit that cannot be built or measured, or stays undecided, is passed over, and the nearest one
to the middle is tried instead. What is left may be a range of commits instead of one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil, log2

from loadstone.model.bisect import BisectAnswer, CommitVerdict
from loadstone.stats.bisect.intervals import CommitInterval, interval

SPARE = 2  # commits that may be measured beyond a halving, where some stay undecided


@dataclass(frozen=True, kw_only=True)
class TriedCommit:
    """A commit that was tried: its place, and the differences of its pairs in their order.

    `skipped`: it could not be built or measured, whatever pairs there are.
    """

    place: int
    sample: Sequence[float] = ()
    skipped: bool = False


@dataclass(frozen=True, kw_only=True)
class SearchTerms:
    """The terms of a search, fixed before its first pair.

    `margin`: the difference that matters; where the bad end is surely less slower than that, the
    search ends. `looks`: pairs of a commit at which it may be decided, rising.
    """

    commits: int  # 1 or more
    looks: Sequence[int]
    margin: float = 0.0
    alpha: float = 0.05

    @property
    def allowed(self) -> int:
        """How many commits may be measured: the bad end, each halving, and two to spare."""
        return 1 + ceil(log2(self.commits)) + (SPARE if self.commits > 2 else 0)

    @property
    def fewest(self) -> int:
        """How many commits are measured where each of them is decided and can be built."""
        return 1 + int(log2(self.commits))

    @property
    def each(self) -> float:
        """The α of one commit."""
        return self.alpha / self.allowed


@dataclass(frozen=True, kw_only=True)
class Said:
    """What is known of a commit: its verdict, from which interval."""

    place: int
    verdict: CommitVerdict
    found: CommitInterval | None = None


@dataclass(frozen=True, kw_only=True)
class SearchState:
    """Where a search stands: the first slow commit is after `low` and at most at `high`.

    `next`: the place to measure next, or to go on with; None at the end, which `answer` tells.
    """

    low: int
    high: int
    said: Sequence[Said] = ()
    cut: float | None = None
    next: int | None = None
    answer: BisectAnswer | None = None
    passed: frozenset[int] = field(default_factory=frozenset)


def state(terms: SearchTerms, tried: Sequence[TriedCommit]) -> SearchState:
    """Replay a search from what was tried, in its order; the last one may not be decided yet."""
    now = SearchState(low=0, high=terms.commits)
    for number, each in enumerate(tried):
        if now.answer is not None or each.place != _next(terms, now):
            raise ValueError(f"commit {each.place} was not asked for")
        others = [one.sample for one in tried[:number]]
        said = decided(terms, each, others, now.cut)
        if said.verdict is CommitVerdict.OPEN:
            return _with(now, said, next=each.place)
        now = _taken(now, said)
        now = _end(terms, now)
    return now if now.answer is not None else _with(now, None, next=_next(terms, now))


def decided(
    terms: SearchTerms,
    tried: TriedCommit,
    others: Sequence[Sequence[float]],
    cut: float | None,
) -> Said:
    """The verdict on a commit at the first look that decides. `cut`: None of the bad end."""
    if tried.skipped:
        return Said(place=tried.place, verdict=CommitVerdict.SKIPPED)
    found = None
    for look in (look for look in terms.looks if look <= len(tried.sample)):
        found = interval(tried.sample[:look], others, terms.looks, terms.each)
        verdict = _of_end(found, terms.margin) if cut is None else _of_middle(found, cut)
        if verdict is not None:
            return Said(place=tried.place, verdict=verdict, found=found)
    more = len(tried.sample) < terms.looks[-1]
    verdict = CommitVerdict.OPEN if more else CommitVerdict.UNDECIDED
    return Said(place=tried.place, verdict=verdict, found=found)


def _of_end(found: CommitInterval, margin: float) -> CommitVerdict | None:
    """The bad end is slower where it is surely above half of its own estimate, and that above 0."""
    if found.estimate > 0 and found.low >= found.estimate / 2:
        return CommitVerdict.SLOWER
    return CommitVerdict.NOT_SLOWER if found.high < margin or found.high <= 0 else None


def _of_middle(found: CommitInterval, cut: float) -> CommitVerdict | None:
    if found.low > cut:
        return CommitVerdict.SLOWER
    return CommitVerdict.NOT_SLOWER if found.high < cut else None


def _taken(now: SearchState, said: Said) -> SearchState:
    low, high, cut, passed = now.low, now.high, now.cut, now.passed
    match said.verdict:
        case CommitVerdict.SLOWER:
            high = said.place
            cut = cut if cut is not None or said.found is None else said.found.estimate / 2
        case CommitVerdict.NOT_SLOWER if cut is not None:
            low = said.place
        case _:
            passed = passed | {said.place}
    return SearchState(low=low, high=high, said=[*now.said, said], cut=cut, passed=passed)


def _end(terms: SearchTerms, now: SearchState) -> SearchState:
    """The state with its answer, where the search is over."""
    if now.cut is None:
        ends = {
            CommitVerdict.NOT_SLOWER: BisectAnswer.NOT_SLOWER,
            CommitVerdict.SKIPPED: BisectAnswer.NOTHING,
        }
        answer = ends.get(now.said[-1].verdict, BisectAnswer.UNDECIDED)
    elif now.high - now.low == 1:
        answer = BisectAnswer.COMMIT
    elif _next(terms, now) is None:
        answer = BisectAnswer.RANGE
    else:
        return now
    return SearchState(
        low=now.low, high=now.high, said=now.said, cut=now.cut, answer=answer, passed=now.passed
    )


def _next(terms: SearchTerms, now: SearchState) -> int | None:
    """The place to measure next: the nearest to the middle that was not passed over."""
    if now.cut is None:
        return terms.commits if not now.said else None
    measured = sum(one.verdict is not CommitVerdict.SKIPPED for one in now.said)
    inside = [place for place in range(now.low + 1, now.high) if place not in now.passed]
    if not inside or measured >= terms.allowed:
        return None
    middle = (now.low + now.high) / 2
    return min(inside, key=lambda place: (abs(place - middle), place))


def _with(now: SearchState, said: Said | None, *, next: int | None) -> SearchState:  # noqa: A002
    return SearchState(
        low=now.low,
        high=now.high,
        said=[*now.said, *([said] if said else [])],
        cut=now.cut,
        next=next,
        passed=now.passed,
    )
