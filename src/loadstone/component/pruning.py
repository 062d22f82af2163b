"""Pruning of the cache: what was not used for long goes, then what is beyond a size."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from loadstone.component.cache import CacheEntry

DAY = 86_400.0  # s
UNUSED = 30 * DAY  # what a month did not need can be made again
MOST = 10 * 2**30  # By: some fifty builds of a large Go program


@dataclass(frozen=True, kw_only=True)
class Removal:
    """The removal of an entry that was `unused` for too long, or that there is no `room` for."""

    entry: CacheEntry
    why: str


def doomed(
    entries: Sequence[CacheEntry], *, now: float, unused: float = UNUSED, most: int = MOST
) -> list[Removal]:
    """The entries that have to go at the time `now` (s since 1970), the longest unused first.

    What is in use stays, and counts.
    """
    free = sorted((each for each in entries if not each.busy), key=lambda each: each.used)
    old = [each for each in free if now - each.used > unused]
    left = sum(each.size for each in entries) - sum(each.size for each in old)
    found = [Removal(entry=each, why="unused") for each in old]
    for each in free[len(old) :]:
        if left <= most:
            break
        left -= each.size
        found.append(Removal(entry=each, why="room"))
    return found
