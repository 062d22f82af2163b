"""The probe `counters`: what the kernel and the processor count of the component's process tree."""

from __future__ import annotations

import contextlib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from loadstone.measure.probes.probe import Cost, ProbeReading, Subject
from loadstone.measure.process_clocks import tree_of
from loadstone.system.perf_events import EVENTS, Event, EventCounter, NotCounted, hindrance, threads

_SWITCHES = re.compile(r"^(?:non)?voluntary_ctxt_switches:\s+(\d+)$", re.M)


@dataclass(frozen=True, kw_only=True)
class CounterData:
    """Events in the window, by name; what this machine does not count is absent."""

    counted: Mapping[str, float]


class CounterProbe:
    """The probe that counts events of a process tree, of threads that it starts, too."""

    name = "counters"

    def __init__(self, events: Sequence[Event] = EVENTS) -> None:
        self._events = events
        self._cost = Cost()
        self._counters: dict[str, EventCounter] = {}
        self._first: dict[str, float] = {}
        self._pids: Sequence[int] = ()
        self._switches: Mapping[int, int] = {}

    def open(self, subject: Subject) -> None:
        with self._cost:
            with contextlib.suppress(psutil.Error):
                if subject.pid is None:
                    return
                self._pids = [each.pid for each in tree_of(psutil.Process(subject.pid))]
            for event in self._events:
                with contextlib.suppress(NotCounted):
                    self._counters[event.name] = EventCounter(event, self._pids)
            self._switches = switches(self._pids)
            self._first = self._counts()

    def close(self) -> ProbeReading:
        with self._cost:
            counted = {name: last - self._first[name] for name, last in self._counts().items()}
            last = switches(self._pids)
            self.stop()
        if last:
            grown = (count - self._switches.get(thread, 0) for thread, count in last.items())
            counted["context_switches"] = float(sum(grown))
        return ProbeReading(data=CounterData(counted=counted), cost=self._cost.seconds)

    def stop(self) -> None:
        for counter in self._counters.values():
            counter.close()
        self._counters = {}

    def _counts(self) -> dict[str, float]:
        return {name: counter.read() for name, counter in self._counters.items()}


def uncounted() -> frozenset[str]:
    """The quantities that nothing counts on this machine, or not for us."""
    return frozenset(f"process.{event.name}" for event in EVENTS if hindrance(event))


def switches(pids: Sequence[int]) -> dict[int, int]:
    """Context switches so far of each thread that processes have now.

    /proc tells them to everybody, where the kernel's counter of them needs rights.
    """
    found = {}
    for pid in pids:
        for thread in threads([pid]):
            with contextlib.suppress(OSError):
                status = Path(f"/proc/{pid}/task/{thread}/status").read_text()
                found[thread] = sum(int(count) for count in _SWITCHES.findall(status))
    return found
