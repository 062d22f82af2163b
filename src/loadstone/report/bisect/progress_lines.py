"""Lines of progress of a bisection: which commit is tried, and what it was found to be."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from loadstone.model import Commit
from loadstone.model.bisect import CommitVerdict
from loadstone.report.common import units
from loadstone.report.common.plain import plain

_SHORT = 12  # hexadecimal digits
VERDICTS = {
    CommitVerdict.SLOWER: "slower",
    CommitVerdict.NOT_SLOWER: "not slower",
    CommitVerdict.UNDECIDED: "undecided",
    CommitVerdict.SKIPPED: "passed over",
    CommitVerdict.OPEN: "open",
}


class SearchPlace(Protocol):
    """Where a search stands, as `stats` says it."""

    @property
    def low(self) -> int: ...
    @property
    def high(self) -> int: ...
    @property
    def next(self) -> int | None: ...


def named(commit: Commit) -> str:
    """A commit by its hash and the first line of its message."""
    return f"{plain(commit.hash[:_SHORT])} {plain(commit.subject, most=60)}".rstrip()


def trying(commits: Sequence[Commit], at: SearchPlace) -> str:
    """Which commit comes next, and how many are left."""
    place = at.next or at.high
    left = units.count(at.high - at.low, "commit")
    return f"the first slower one is among {left}; next: {named(commits[place - 1])}"


def said(commit: Commit, verdict: CommitVerdict, pairs: int) -> str:
    """What a commit was found to be."""
    after = f" after {units.count(pairs, 'pair')}" if pairs else ""
    return f"{plain(commit.hash[:_SHORT])} is {VERDICTS[verdict]}{after}"
