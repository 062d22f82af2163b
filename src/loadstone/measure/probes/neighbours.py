"""The probe `neighbours`: CPU time of what the component works between, upstream and generator.

Both do the same work on both sides, so what their CPU time moves by is the machine's doing.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import psutil

from loadstone.measure.probes.probe import Cost, ProbeReading, Subject
from loadstone.measure.process_clocks import own_cpu, tree_of


@dataclass(frozen=True, kw_only=True)
class NeighbourData:
    """CPU seconds in the window of each neighbour that lived through it, by name."""

    cpu: Mapping[str, float]


class NeighbourProbe:
    """The probe that reads the clocks of the neighbours' processes at both ends."""

    name = "neighbours"

    def __init__(self) -> None:
        self._cost = Cost()
        self._pids: Mapping[str, Sequence[int]] = {}
        self._first: Mapping[str, float] = {}

    def open(self, subject: Subject) -> None:
        with self._cost:
            trees = {name: _trees(pids()) for name, pids in subject.neighbours.items()}
            self._pids = {name: pids for name, pids in trees.items() if pids}
            self._first = self._clocks()

    def close(self) -> ProbeReading:
        with self._cost:
            last = self._clocks()
        cpu = {name: last[name] - first for name, first in self._first.items() if name in last}
        return ProbeReading(data=NeighbourData(cpu=cpu), cost=self._cost.seconds)

    def stop(self) -> None:
        """Nothing goes on between the two ends."""

    def _clocks(self) -> dict[str, float]:
        """CPU seconds so far of those of which no process has ended."""
        found = {}
        for name, pids in self._pids.items():
            with contextlib.suppress(OSError):
                found[name] = sum(own_cpu(pid) for pid in pids)
        return found


def _trees(pids: Sequence[int]) -> Sequence[int]:
    """These processes and all their descendants; none where one has ended."""
    with contextlib.suppress(psutil.Error):
        return [each.pid for pid in pids for each in tree_of(psutil.Process(pid))]
    return ()
