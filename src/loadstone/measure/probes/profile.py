"""The probe `pprof`: a CPU profile over the window, and the other kinds at its end.

Taken only where the workload asks for profiles and the component offers them. Whether what came is
a profile is judged by its bytes, never by the status: a page of HTML is answered with 200 as well.
Where nobody knows how long the window will be, the CPU profile is taken piece by piece until it
closes. What a program counts from its start, and what it holds, is asked for as the window opens,
too: what came since then is the work's, or what has grown. Go tells of its memory as it was at its
last collection, which may be long ago where little is allocated beside what is held; so one is
asked for first, both times.
"""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

from loadstone.measure.probes.collection import collect
from loadstone.measure.probes.fetch import FetchFailed, fetch, pool
from loadstone.measure.probes.probe import Cost, ProbeReading, Subject
from loadstone.measure.probes.profilers import ProfilerFailed, taken
from loadstone.measure.process_clocks import own_cpu

CPU = "cpu"
_SHARE = 0.9  # of the window that the CPU profile covers, so that it ends inside
_SHORTEST = 1  # s
_PIECE = 2  # s, where the window has no fixed length
_PIECES = 300  # at most
_LONGER = 5  # s, of a profiler whose pieces nobody can join
AT_OPEN = "-at-open"  # the end of a kind: the same, as the window opened
COUNTED_FROM_START = frozenset({"allocs", "block", "mutex"})
HELD = frozenset({"heap", "goroutine"})  # what is there now
_OF_MEMORY = frozenset({"heap", "allocs"})
_PATIENCE = 15.0  # s beyond the length of a profile


@dataclass(frozen=True, kw_only=True)
class ProfileData:
    """The profiles of a run, by kind."""

    profiles: Mapping[str, bytes] = field(default_factory=dict)
    problems: Mapping[str, str] = field(default_factory=dict)  # of those that are missing
    pieces: Sequence[bytes] = ()  # of the CPU profile, where it is in more than one
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
        self._closing = threading.Event()
        self._pieces: list[bytes] = []

    def open(self, subject: Subject) -> None:
        self._pool = pool(subject.access)
        self._pid = subject.pid
        self._base = subject.pprof.rstrip("/")
        self._profilers = subject.profilers
        offered = set(subject.profilers)
        self._kinds = [kind for kind in subject.profiles if subject.pprof or kind in offered]
        self._collect = partial(collect, subject.pprof, subject.collect, subject.access)
        self._collecting = any(kind in _OF_MEMORY - offered for kind in self._kinds)
        if self._collecting:
            self._collect()
        for kind in self._kinds:
            if kind in COUNTED_FROM_START | HELD and kind not in self._profilers:
                self._take(kind, 0, as_kind=f"{kind}{AT_OPEN}")
        if CPU in self._kinds:
            piece = _LONGER if CPU in self._profilers else _PIECE
            seconds = max(_SHORTEST, int(subject.window * _SHARE)) if subject.window else piece
            self._thread = threading.Thread(
                target=self._take_cpu,
                args=(seconds, 1 if subject.window or CPU in self._profilers else _PIECES),
                name="probe-pprof",
                daemon=True,
            )
            self._thread.start()

    def close(self) -> ProbeReading:
        self._closing.set()
        if self._thread is not None:
            self._thread.join()
        if self._collecting:
            self._collect()
        for kind in self._kinds:
            if kind != CPU:
                self._take(kind, 0)
        self._pool.clear()
        data = ProfileData(
            profiles=self._profiles,
            problems=self._problems,
            pieces=self._pieces,
            cpu=self._cpu,
        )
        return ProbeReading(data=data, cost=self._cost.seconds)

    def stop(self) -> None:
        """The thread's request ends when the component does."""
        self._closing.set()

    def _take_cpu(self, seconds: int, most: int) -> None:
        spent = 0.0
        for _ in range(most):
            before = _cpu_of(self._pid)
            self._take(CPU, seconds)
            after = _cpu_of(self._pid)
            if CPU in self._problems:  # what there was until then is a profile all the same
                break
            self._pieces.append(self._profiles[CPU])
            if before is not None and after is not None:
                spent += after - before
                self._cpu = spent
            if self._closing.is_set():
                break
        if self._pieces:
            self._problems.pop(CPU, None)

    def _take(self, kind: str, seconds: int, *, as_kind: str = "") -> None:
        with self._cost:
            try:
                self._profiles[as_kind or kind] = self._taken(kind, seconds)
            except (FetchFailed, ProfilerFailed) as error:
                if not as_kind:  # at the end it will be said
                    self._problems[kind] = str(error)

    def _taken(self, kind: str, seconds: int) -> bytes:
        within = seconds + _PATIENCE
        if kind in self._profilers and self._pid is not None:
            return taken(self._profilers[kind], self._pid, seconds or _SHORTEST, within=within)
        url = f"{self._base}/profile?seconds={seconds}" if kind == CPU else f"{self._base}/{kind}"
        return fetch(self._pool, url, within=within)


def _cpu_of(pid: int | None) -> float | None:
    with contextlib.suppress(OSError):
        return None if pid is None else own_cpu(pid)
    return None  # it has ended
