"""The usage of a container that runs elsewhere, from what its node says of it now and then.

A kubelet looks at its containers every ten seconds or so, an agent when it is asked, and either
says when, by the clock of its node. A stamp is
as old as its answer at least, so the freshest answer tells the difference of the clocks. The CPU
time at either end of the window lies between those of the samples around it; how far these are
apart is how coarse the difference is. The samples after the end are waited for.
"""

from __future__ import annotations

import threading
import time
from bisect import bisect_left
from collections.abc import Callable, Sequence
from contextlib import suppress

from loadstone.errors import LoadstoneError
from loadstone.measure.probes.probe import Cost, ProbeReading, Subject
from loadstone.measure.probes.process import ProcessData
from loadstone.protocols import ContainerUsage

_EVERY = 1.0  # s between two questions
_PATIENCE = 25.0  # s for a sample from after the window

Sample = tuple[float, ContainerUsage]  # s since the window opened, and what was known of then


class ContainerProbe:
    """The probe that asks for a container's usage in a thread, until a sample after the window."""

    name = "process"

    def __init__(self, *, every: float = _EVERY, patience: float = _PATIENCE) -> None:
        self._every, self._patience = every, patience
        self._cost = Cost()
        self._answers: list[tuple[float, ContainerUsage]] = []  # monotonic s, and what came
        self._stop = threading.Event()

    def open(self, subject: Subject) -> None:
        self._usage: Callable[[], ContainerUsage | None] = subject.usage
        with self._cost:
            self._ask()
            self._begun = time.monotonic()
            self._ask()  # an agent knows it of each moment: so the opening lies between two
        self._thread = threading.Thread(target=self._work, name="probe-container", daemon=True)
        self._thread.start()

    def close(self) -> ProbeReading:
        """What is known so far; `settle` has the rest."""
        with self._cost:
            self._ask()
            self._closed = time.monotonic()
            self._ask()
        return self._reading()

    def settle(self) -> ProbeReading:
        deadline = self._closed + self._patience
        while time.monotonic() < deadline and not self._known_beyond(self._closed):
            time.sleep(min(self._every, 0.2))
        self._stop.set()
        self._thread.join()
        return self._reading()

    def stop(self) -> None:
        self._stop.set()

    def _known_beyond(self, moment: float) -> bool:
        found = samples(self._answers, self._begun)
        return bool(found) and found[-1][0] >= moment - self._begun

    def _work(self) -> None:
        while not self._stop.wait(self._every):
            with self._cost:
                self._ask()

    def _ask(self) -> None:
        with suppress(LoadstoneError):  # that the API server has gone is for the run to find
            if (found := self._usage()) is not None:
                self._answers.append((time.monotonic(), found))

    def _reading(self) -> ProbeReading:
        found = samples(list(self._answers), self._begun)
        window = self._closed - self._begun
        data = usage_in(found, window)
        return ProbeReading(data=data, cost=self._cost.seconds)


def samples(answers: Sequence[tuple[float, ContainerUsage]], begun: float) -> list[Sample]:
    """Each sample once, in order, by our clock. `answers`: (monotonic s of the answer, sample)."""
    if not answers:
        return []
    ahead = min(moment - sample.stamp for moment, sample in answers)
    unlike = {sample.stamp: sample for _, sample in answers}
    return [(stamp + ahead - begun, unlike[stamp]) for stamp in sorted(unlike)]


def usage_in(found: Sequence[Sample], window: float) -> ProcessData | None:
    """The usage in a window from 0 on; None where no samples are from around it."""
    first, last = _between(found, 0.0), _between(found, window)
    if first is None or last is None:
        return None
    points = [(moment, each) for moment, each in found if 0 <= moment <= window]
    points = points or [(window, found[-1][1])]
    widest = last[2] - first[1]
    narrowest = max(last[1] - first[2], 0.0)
    return ProcessData(
        cpu=(first[0], last[0]),
        rss=[(moment, each.working_set) for moment, each in points],
        anon=[(moment, each.anon) for moment, each in points],
        peak=None,
        threads=[],
        fds=[],
        coarse=widest - narrowest,
    )


def _between(found: Sequence[Sample], moment: float) -> tuple[float, float, float] | None:
    """CPU seconds at a moment: on a line between the samples around it, and those of both."""
    place = bisect_left([at for at, _ in found], moment)
    if place == len(found) or (place == 0 and found[0][0] > moment):
        return None
    if found[place][0] == moment:
        return (found[place][1].cpu,) * 3
    (before, low), (after, high) = found[place - 1], found[place]
    share = (moment - before) / (after - before)
    return low.cpu + share * (high.cpu - low.cpu), low.cpu, high.cpu
