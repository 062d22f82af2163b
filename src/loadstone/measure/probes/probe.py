"""The protocol of probes: opened and closed with the measured window, with their own cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol, runtime_checkable

from loadstone.formats import Scraped
from loadstone.measure.process_life import ProcessLife
from loadstone.model import Accounting, ApiAccess, PrometheusAccess
from loadstone.protocols import ContainerUsage

PULSE = 1.0  # s between two scrapes of a metrics page


@dataclass(frozen=True, kw_only=True)
class PrometheusQueries:
    """The queries of a component, by alias, and the Prometheus that they are asked of.

    `names`: the values of what stands in them as `${name}`, but for those of the window. `since`:
    seconds since 1970 at which the component was started.
    """

    url: str
    queries: Mapping[str, str]
    names: Mapping[str, str | int]
    since: float
    access: ApiAccess | PrometheusAccess | None = None  # what the server wants to be shown


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The component of a run as probes see it. Absent addresses are empty: nothing to measure."""

    pid: int | None  # on this machine; None of one that is elsewhere
    usage: Callable[[], ContainerUsage | None] = lambda: None  # of one that is
    life: ProcessLife | None = None  # of a process that may be started again meanwhile
    metrics: str = ""  # URL of the Prometheus page
    scrape: Mapping[str, Scraped] = field(default_factory=dict)  # by alias
    access: ApiAccess | None = None  # what these URLs want to be shown, where they are https
    pprof: str = ""  # URL of the directory
    collect: str = ""  # URL that answers when garbage has been collected
    expvar: str = ""  # URL of Go's /debug/vars
    profiles: Sequence[str] = ()  # kinds that the workload asks for
    # Kinds that a program takes: its command, given what it is told of this process.
    profilers: Mapping[str, Callable[[Mapping[str, str]], Sequence[str]]] = field(
        default_factory=dict
    )
    window: float = 0.0  # s it will be open at least
    # Of the API server, so far; None of one that does not count.
    accounting: Callable[[], Accounting | None] = Accounting
    before: Accounting | None = field(default_factory=Accounting)  # as the run began
    # Those that the component works between, by name: pids, asked for as the window opens.
    neighbours: Mapping[str, Callable[[], Sequence[int]]] = field(default_factory=dict)
    prometheus: PrometheusQueries | None = None
    agent: str = ""  # prefix of our own User-Agent, which is not the component's


@dataclass(frozen=True, kw_only=True)
class ProbeReading:
    """The reading of a probe, and what taking it cost."""

    data: Any  # of a type that `measure.quantities` reads
    cost: float  # CPU seconds of our own


class Probe(Protocol):
    """An instrument that is opened and closed with the measured window; used once."""

    @property
    def name(self) -> str: ...

    def open(self, subject: Subject) -> None:
        """Begin. May start a thread; returns within milliseconds."""

    def close(self) -> ProbeReading:
        """End, and return what was seen. Never raises for what the component answers."""

    def stop(self) -> None:
        """End at once without a result. Fine at any time."""


@runtime_checkable
class Settleable(Protocol):
    """A probe that asks the component something more once nothing sends any more."""

    def settle(self) -> ProbeReading:
        """The whole reading, instead of the one of `close`. Never raises for what is answered."""


class Cost:
    """A meter of the CPU seconds of the calling thread: `with cost: …`, one thread at a time."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begun = 0.0

    def __enter__(self) -> None:
        self._begun = time.thread_time()

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.seconds += time.thread_time() - self._begun
