"""The ledger of writes, and of the watchers that have seen each: what is missing. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Sequence

from loadstone.measure.load.histogram import Counts
from loadstone.measure.load.load_request import LoadRequest


class WriteLedger:
    """A ledger of writes: when each was sent, and how many watchers have seen it.

    A watcher that sees revisions in ascending order sees none twice, so a write that as many have
    seen as there are watchers has been seen by each.
    """

    def __init__(self, watchers: int) -> None:
        self._watchers = watchers
        self._writes: list[LoadRequest] = []
        self._right = bytearray()  # by write: 1 where its answer said so
        self._seen = array("I")
        self.delivery = Counts()
        self.opened = float("inf")

    def __len__(self) -> int:
        return len(self._writes)

    def due(self, write: LoadRequest) -> None:
        """A write, which gets the next number."""
        self._writes.append(write)
        self._right.append(0)
        self._seen.append(0)

    def answered(self, number: int) -> None:
        """A write was answered right: everybody has to see it."""
        self._right[number] = 1

    def seen(self, number: int, now: float) -> None:
        """A watcher that is not slow has the event of a write."""
        if number >= len(self._writes):
            return
        write = self._writes[number]
        self._seen[number] += 1
        if write.due >= self.opened and write.sent:
            self.delivery.add(max(now - write.sent, 0.0))

    @property
    def missing(self) -> int:
        """Events that have not come, of writes that were answered right."""
        return sum(self._short())

    @property
    def expected(self) -> int:
        """Events that have to come, of writes in the window."""
        return self._watchers * sum(self._right[number] for number in self._counted())

    @property
    def lost(self) -> int:
        """Of these, the ones that have not come."""
        short = self._short()
        return sum(short[number] for number in self._counted())

    def _short(self) -> Sequence[int]:
        return [
            max(self._watchers - seen, 0) if right else 0
            for right, seen in zip(self._right, self._seen, strict=True)
        ]

    def _counted(self) -> list[int]:
        return [n for n, write in enumerate(self._writes) if write.due >= self.opened]
