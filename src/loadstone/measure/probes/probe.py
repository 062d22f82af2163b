"""The protocol of probes: opened and closed with the measured window, with their own cost."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Protocol

from loadstone.model import Accounting

PULSE = 1.0  # s between two scrapes of a metrics page


@dataclass(frozen=True, kw_only=True)
class Subject:
    """The component of a run as probes see it. Absent addresses are empty: nothing to measure."""

    pid: int
    metrics: str = ""  # URL of the Prometheus page
    scrape: Mapping[str, str] = field(default_factory=dict)  # alias → series
    pprof: str = ""  # URL of the directory
    profiles: Sequence[str] = ()  # kinds that the workload asks for
    window: float = 0.0  # s it will be open at least
    accounting: Callable[[], Accounting] = Accounting  # of the API server, so far
    before: Accounting = field(default_factory=Accounting)  # as the run began
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
