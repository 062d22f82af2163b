"""The protocol of load generators: the plan they are given and the results they owe.

Load is *open-loop*: request number i is due at `start + i / rate`, or when its arrival law says,
whatever became of the requests before it. Latency counts from when a request was due, so a stall of
the target is seen by every request that was due while it lasted. All times here are seconds;
histograms are HDR histograms of microseconds (3 significant digits, up to 60 s) in base64.

A load has a *lane* for each address that it is sent to. With two, every request goes to both: the
two of a pair are due half an interval apart, and which lane comes first is drawn for each pair.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol, runtime_checkable

from loadstone.errors import UsageError
from loadstone.formats.arrivals import CONSTANT, Arrivals
from loadstone.formats.steps.load import MOST_OF_MESSAGE

PROTOCOLS = ("http1", "http2", "grpc")
_BODY = re.compile(r"/body/([0-9]+)$")
_HOST = re.compile(r"[!-~]+")  # printable ASCII: nothing that could end a header line
_PATH = re.compile(r"/[!-~]*")


@dataclass(frozen=True, kw_only=True)
class Target:
    """A target of a load: the request, and what a right answer to it is."""

    host: str
    path: str
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)  # of the answer, exactly these values
    body: int | None = None  # By of the answer; None: the n of a path `…/body/n`, else any

    def __post_init__(self) -> None:
        """Raises `UsageError` for what cannot be written into a request as it is."""
        if not _HOST.fullmatch(self.host) or not _PATH.fullmatch(self.path):
            raise UsageError(
                f"there is no asking {self.host!r} for {self.path!r}",
                next_step="a host without spaces, and a path that starts with / and is encoded",
            )

    @property
    def length(self) -> int | None:
        """Bytes of a right answer's body, or None where any length is right."""
        if self.body is not None or self.status != 200:
            return self.body
        found = _BODY.search(self.path)
        return int(found[1]) if found else None


@dataclass(frozen=True, kw_only=True)
class LaneTls:
    """The TLS of a lane: whom it trusts, a file of certificates; "": anybody."""

    ca: str = ""


@dataclass(frozen=True, kw_only=True)
class LoadPlan:
    """The plan of a load: requests over its targets in a shuffled order, at a fixed rate."""

    lanes: Sequence[str]  # host:port that the connections of each lane go to
    targets: Sequence[Target]
    rate: float  # 1/s of each lane
    connections: int  # of each lane
    warmup: float  # s
    window: float  # s that are measured once it is open; 0: until `finish` is called
    seed: int = 0  # of the order
    timeout: float = 10.0  # s that a client would wait for one answer, from when it was due
    queue: int = 100_000  # requests that may wait for a connection before more are dropped
    arrivals: Arrivals = CONSTANT  # when they are due, around `rate`
    protocol: str = "http1"  # or one whose connections carry many requests at a time: http2, grpc
    message: bytes = b""  # of each call of gRPC
    tls: Sequence[LaneTls] = ()  # of each lane; none: plain
    keepalive: bool = True  # else each request has a connection of its own
    reconnect_rate: float = 0.0  # 1/s of each lane: connections that go, and others that come
    processes: int = 1  # that share the schedule
    process: int = 0  # which of them this plan is for

    def __post_init__(self) -> None:
        """Raises `UsageError` with all that makes it no plan."""
        wrong = {
            "no lanes": not self.lanes,
            "no targets": not self.targets,
            f"a rate of {self.rate:g} a second": not 0 < self.rate < 1e6,
            f"{self.connections} connections": self.connections < 1,
            f"a timeout of {self.timeout:g} s": not self.timeout > 0,
            f"the protocol {self.protocol}": self.protocol not in PROTOCOLS,
            "HTTP/2 and keep-alive off": self.protocol != "http1" and not self.keepalive,
            f"a message of {len(self.message)} bytes": len(self.message) > MOST_OF_MESSAGE,
            f"{self.processes} processes": not 0 <= self.process < self.processes,
            "TLS on some lanes": len(self.tls) not in (0, len(self.lanes)),
            f"{self.reconnect_rate:g} connections that go a second": self.reconnect_rate < 0,
            f"a window of {self.window:g} s after {self.warmup:g} s": not (
                self.window >= 0 and self.warmup >= 0
            ),
        }
        if any(wrong.values()):
            raise UsageError(
                f"there is no sending load with {', '.join(w for w, bad in wrong.items() if bad)}",
                next_step="correct the scenario's load step and its tier",
            )


@dataclass(frozen=True, kw_only=True)
class SenderState:
    """The state of the pod that sent a part of a load, and of its node, while its window was open.

    Shares are of what there is; None is what could not be read there.
    """

    pod: str = ""
    node: str = ""
    node_cpu: float | None = None  # share of all cores of the node that were busy, with whomever
    throttled: float | None = None  # share of the window in which its quota kept the pod waiting
    conntrack: float | None = None  # share of the table that was full, at the worst look
    sysctls: Mapping[str, str] = field(default_factory=dict)
    open_files: int = 0  # that a process there may have
    clock: float = 0.0  # s by which moments there may be off from ours


@dataclass(frozen=True, kw_only=True)
class LoadResult:
    """The result of a lane: what became of its requests that were due in the window.

    `requests` = `answers` + `wrong` + the sum of `errors` + `dropped`. Histograms are base64 HDR
    histograms of microseconds.
    """

    generator: str
    asked_rate: float  # 1/s
    achieved_rate: float  # 1/s, of answers that came while the window was open
    seconds: float  # the window as it was
    requests: int
    answers: int  # right ones
    wrong: int = 0
    errors: Mapping[str, int] = field(default_factory=dict)
    examples: Sequence[str] = ()  # of wrong answers and errors, at most 10
    dropped: int = 0  # never sent: no connection or virtual user for them
    connect_errors: int = 0
    reconnects: int = 0  # connections that the target closed
    connected: int = 0  # connections that were opened in the window
    unasked: int = 0  # answers that no request had asked for
    latency: str = ""  # histogram of right answers, from when they were due
    service: str = ""  # histogram of right answers, from when they were sent
    lateness: str = ""  # sent − due where a connection was free: the generator's own delay
    cpu: float = 0.0  # s that the generator used in the window, for all of its lanes
    cores: int = 1  # that it can use
    # name → [seconds since the window opened, value]
    series: Mapping[str, Sequence[Sequence[float]]] = field(default_factory=dict)
    sender: SenderState | None = None  # of what one pod sent
    parts: Sequence[LoadResult] = ()  # of several pods, each with its `sender`

    @property
    def cpu_share(self) -> float:
        """The generator's CPU use as a share of one core."""
        return self.cpu / self.seconds if self.seconds else 0.0


class RunningLoad(Protocol):
    """Load that is being sent."""

    @property
    def pids(self) -> Sequence[int]:
        """The processes that send; none where they are not of this machine."""

    def open_window(self) -> None:
        """The warm-up ends now: only requests that are due from here on count."""

    def finish(self) -> Sequence[LoadResult]:
        """Wait until the window has passed and its requests are answered: a result for each lane.

        Without an `open_window` before, the window opens when the plan's warm-up has passed.
        Raises `MeasurementFailed` when the generator itself broke.
        """

    def stop(self) -> None:
        """End at once, without a result. Fine at any time, and more than once."""


@runtime_checkable
class ForetoldLoad(Protocol):
    """Load whose senders are far away: they are told ahead when the window opens and closes."""

    def announce(self) -> float:
        """The moment, by our `time.monotonic`, at which the window will open."""

    def close_window(self) -> None:
        """Return when the window has closed; fine for one that closes by itself."""


class Generator(Protocol):
    """A program that sends load."""

    @property
    def name(self) -> str: ...

    def version(self) -> str: ...

    def start(self, plan: LoadPlan, workdir: Path) -> RunningLoad:
        """Start sending. Logs and scripts go to `workdir`.

        Raises `UsageError` for an arrival law that it cannot keep, naming it.
        """
