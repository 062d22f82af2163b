"""The probe `pprof`: a CPU profile over the window, and the other kinds at its end.

Taken only where the workload asks for profiles and the component offers them. Whether what came is
a profile is judged by its bytes, never by the status: a page of HTML is answered with 200 as well.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field

from loadstone.measure.probes.fetch import FetchFailed, fetch, pool
from loadstone.measure.probes.probe import Cost, ProbeReading, Subject
from loadstone.measure.probes.process import own_cpu

CPU = "cpu"
_SHARE = 0.9  # of the window that the CPU profile covers, so that it ends inside
_SHORTEST = 1  # s, and what is taken where the window has no fixed length
_PATIENCE = 15.0  # s beyond the length of a profile


@dataclass(frozen=True, kw_only=True)
class ProfileData:
    """The profiles of a run, by kind."""

    profiles: Mapping[str, bytes] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)  # of those that are missing
    cpu: float | None = None  # s that the kernel counted while the CPU profile was taken


class ProfileProbe:
    """The probe that asks the component's /debug/pprof; without one, it measures nothing."""

    name = "pprof"

    def __init__(self) -> None:
        self._cost = Cost()
        self._profiles: dict[str, bytes] = {}
        self._problems: dict[str, str] = {}
        self._cpu: float | None = None
        self._thread: threading.Thread | None = None
        self._pool = pool()

    def open(self, subject: Subject) -> None:
        self._pid = subject.pid
        self._base = subject.pprof.rstrip("/")
        self._kinds = subject.profiles if subject.pprof else ()
        if CPU in self._kinds:
            seconds = max(_SHORTEST, int(subject.window * _SHARE))
            self._thread = threading.Thread(
                target=self._take_cpu, args=(seconds,), name="probe-pprof", daemon=True
            )
            self._thread.start()

    def close(self) -> ProbeReading:
        if self._thread is not None:
            self._thread.join()
        for kind in self._kinds:
            if kind != CPU:
                self._take(kind, 0)
        self._pool.clear()
        data = ProfileData(profiles=self._profiles, problems=self._problems, cpu=self._cpu)
        return ProbeReading(data=data, cost=self._cost.seconds)

    def stop(self) -> None:
        """The thread's request ends when the component does."""

    def _take_cpu(self, seconds: int) -> None:
        before = _cpu_of(self._pid)
        self._take(CPU, seconds)
        after = _cpu_of(self._pid)
        if before is not None and after is not None:
            self._cpu = after - before

    def _take(self, kind: str, seconds: int) -> None:
        url = f"{self._base}/profile?seconds={seconds}" if kind == CPU else f"{self._base}/{kind}"
        with self._cost:
            try:
                self._profiles[kind] = fetch(self._pool, url, within=seconds + _PATIENCE)
            except FetchFailed as error:
                self._problems[kind] = str(error)


def _cpu_of(pid: int) -> float | None:
    with contextlib.suppress(OSError):
        return own_cpu(pid)
    return None  # it has ended
