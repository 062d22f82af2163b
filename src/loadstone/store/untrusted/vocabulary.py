"""Words that may come from an artifact: names that are ours, and no others.

A name of a case, a quantity or a reason is kept because it is one that we know, never because it
looks harmless: text that looks harmless can still say whatever its author likes.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from loadstone.model import Note, Scalar
from loadstone.model.profile_kinds import parted
from loadstone.model.reasons import Part
from loadstone.store.untrusted.claims import ClaimedNote

WITHHELD = "[withheld]"  # instead of a text that is not ours
HISTOGRAMS = frozenset(
    {
        *("latency", "service", "lateness", "propagation"),
        *("reconcile", "cold_start", "delete", "scale", "upgrade"),
    }
)
# of profiles; those that count from a program's start, or what it holds, come twice
KINDS = frozenset(
    {"cpu", "heap", "allocs", "block", "mutex", "goroutine"}
    | {f"{kind}-at-open" for kind in ("heap", "allocs", "block", "mutex", "goroutine")}
)


@dataclass(frozen=True, kw_only=True)
class Vocabulary:
    """The names that are known: of quantities, of series, and the codes and data of notes of runs.

    `texts`: values of notes that may be shown as they are, such as names of our own cases.
    """

    quantities: Collection[str]
    series: Collection[str]
    codes: Collection[str]
    data: Collection[str]
    texts: Collection[str] = ()
    processes: Collection[str] = ()  # of a component of several

    def is_profile(self, name: str) -> bool:
        """Whether a name of a profile is one of ours: a kind, and one of the processes."""
        kind, process = parted(name)
        return kind in KINDS and (not process or process in self.processes)

    def note(self, claimed: ClaimedNote) -> Note | None:
        """A note in our own words; None where its code is none of ours.

        Numbers stay; of texts, those that we know.
        """
        if claimed.code not in self.codes:
            return None
        data: Mapping[str, Scalar] = {
            name: self._shown(value) for name, value in claimed.data.items() if name in self.data
        }
        parts = {part.value for part in Part}
        voids = tuple(part for part in claimed.voids if part in parts)
        if claimed.voids and not voids:
            return None
        return Note(code=claimed.code, data={**data}, voids=voids)

    def _shown(self, value: Scalar) -> Scalar:
        if not isinstance(value, str):
            return value if abs(value) < 1e300 else 0
        return value if value in self.texts or self.is_profile(value) else WITHHELD
