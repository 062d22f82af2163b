"""Tracking of one expectation over the events of its kind: how many objects fulfil it now. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from loadstone.measure.expectations.expected import CopyExpectation, ObjectName, name_of


class Tracker:
    """A tracker of one expectation: whether it holds now, and when it first did.

    `floor`: the generation from which on an object counts. Not safe from several threads.
    """

    def __init__(self, expected: CopyExpectation, *, floor: int = 0) -> None:
        self.expected = expected
        self.floor = floor
        self.first: float | None = None  # monotonic, s
        self._fulfil: set[ObjectName] = set()
        self._seen: set[ObjectName] = set()
        self._why = ""
        self._dialled = False

    @property
    def holds(self) -> bool:
        if self.expected.dial:
            return self._dialled
        if self.expected.wanted == 0:
            return not self._fulfil
        return len(self._fulfil) == self.expected.wanted

    @property
    def why(self) -> str:
        """Why it does not hold, in words."""
        wanted = self.expected.wanted
        if self.expected.dial or (wanted == 1 and self._seen and not self._fulfil):
            return f"{self.expected.subject}: {self._why}"
        if not self._seen:
            return f"there is no {self.expected.subject}"
        last = f"; of another {self._why}" if self._why else ""
        return f"{len(self._fulfil)} of {wanted} {self.expected.subject} fulfil it{last}"

    def told(self, moment: float, thing: Mapping[str, Any], *, gone: bool) -> None:
        """An object of its kind has come, changed or gone at a monotonic moment."""
        name = name_of(thing)
        self._fulfil.discard(name)
        self._seen.discard(name)
        if not gone and self.expected.about(thing):
            self._seen.add(name)
            why = self.expected.missing(thing, self.floor)
            if why:
                self._why = why
            else:
                self._fulfil.add(name)
        self._stamp(moment)

    def dialled(self, moment: float, why: str) -> None:
        """Its address was dialled; `why` it did not answer, empty where it did."""
        self._dialled, self._why = not why, why
        self._stamp(moment)

    def begin(self, moment: float) -> None:
        """All that exists has been told: what holds without an event holds from here on."""
        self._stamp(moment)

    def _stamp(self, moment: float) -> None:
        if self.first is None and self.holds:
            self.first = moment
