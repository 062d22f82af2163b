"""The table of probes, and the window in which they measure."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from loadstone.measure.probes.allocations import AllocationProbe
from loadstone.measure.probes.api_requests import ApiProbe
from loadstone.measure.probes.collection import collect
from loadstone.measure.probes.counters import CounterProbe
from loadstone.measure.probes.neighbours import NeighbourProbe
from loadstone.measure.probes.probe import Probe, ProbeReading, Settleable, Subject
from loadstone.measure.probes.profile import ProfileProbe
from loadstone.measure.probes.promql import PromqlProbe
from loadstone.measure.probes.scrape import ScrapeProbe
from loadstone.measure.probes.usage import UsageProbe

# In the order in which they are closed: what is quickest to change is read first, and profiles,
# which keep the component busy, last.
PROBES: Mapping[str, Callable[[], Probe]] = {
    "promql": PromqlProbe,  # which only looks at the clock
    "allocations": AllocationProbe,
    "process": UsageProbe,
    "neighbours": NeighbourProbe,
    "counters": CounterProbe,
    "api": ApiProbe,
    "scrape": ScrapeProbe,
    "pprof": ProfileProbe,
}


# Those that count in one process: what they say of one that was started again is of no use.
OF_ONE_LIFE = ("allocations", "counters")


class ProbeWindow:
    """The window of all probes, opened and closed together; each probe is used once.

    The subjects are the processes of one side, or of both sides of a pair. Each kind of probe is
    opened and closed on all of them before the next: so their clocks are read at the same moments,
    and their windows are equally long. `collecting`: garbage is collected first.
    """

    def __init__(
        self,
        subjects: Sequence[Subject],
        *,
        collecting: bool = False,
        probes: Mapping[str, Callable[[], Probe]] = PROBES,
    ) -> None:
        self._subjects = subjects
        self._collecting = collecting
        self._probes = [[make() for _ in subjects] for make in probes.values()]
        self._opened = False
        self.readings: list[dict[str, ProbeReading]] = [{} for _ in subjects]

    def __enter__(self) -> ProbeWindow:
        return self

    def prepare(self) -> None:
        """Of both sides of a pair: collect garbage where the runtime can be asked to.

        So both begin with an even number of cycles of collection ahead of them.
        """
        if self._collecting:
            for subject in self._subjects:
                collect(subject.pprof, subject.collect, subject.access)

    def open(self) -> None:
        """Open the most expensive probe first, so that clocks see none of the others' work.

        The last but one only fetches a page, which takes less time than finding a process tree.
        """
        self._opened = True
        self._lives = [_lives(subject) for subject in self._subjects]
        for alike in reversed(self._probes):
            for probe, subject in zip(alike, self._subjects, strict=True):
                probe.open(subject)

    def close(self) -> None:
        for alike in self._probes:
            for probe, readings in zip(alike, self.readings, strict=True):
                readings[probe.name] = probe.close()
        self._opened = False
        self._drop_those_of_one_life()

    def settle(self) -> None:
        """Have probes ask what they can only ask once nothing sends any more; after `close`."""
        for alike in self._probes:
            for probe, readings in zip(alike, self.readings, strict=True):
                if isinstance(probe, Settleable):
                    readings[probe.name] = probe.settle()
        self._drop_those_of_one_life()

    def _drop_those_of_one_life(self) -> None:
        began = zip(self._subjects, self._lives, self.readings, strict=True)
        for readings in (readings for subject, lives, readings in began if _lives(subject) > lives):
            for name in OF_ONE_LIFE:
                if name in readings:
                    readings[name] = ProbeReading(data=None, cost=readings[name].cost)

    def __exit__(self, *_: object) -> None:
        """An aborted window still ends its probes."""
        for probe in (probe for alike in self._probes for probe in alike if self._opened):
            probe.stop()


def _lives(subject: Subject) -> int:
    return subject.life.lives if subject.life else 1
