"""Watchers of a kind, and writes that they have to see: the plan, its start, the result."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from loadstone.formats.arrivals import CONSTANT, Arrivals
from loadstone.measure.load.generator import LoadResult
from loadstone.measure.load.planned_process import PlannedProcess
from loadstone.model import ApiAccess

MODULE = "loadstone.measure.load.watch_process"
AGENT = "loadstone/watch"  # begins as all of our agents do: none of it is the component's
MARK = "loadstone.dev/write"  # the annotation by which an event says which write it is of
STARTING = 60.0  # s for an interpreter to start and watches to open, on a busy machine
SETTLING = 10.0  # s after the last write until its events count as lost


@dataclass(frozen=True, kw_only=True)
class WatchPlan:
    """The plan of watchers and of writes to what they watch.

    `path` is that of the collection, with the selector in its query. The `slow` among the
    `watchers` read `slow_rate` bytes a second; what they are late for counts nowhere. Writes are
    merge patches of an annotation of the objects at `objects`, at `rate` a second.
    """

    access: ApiAccess
    path: str
    revision: str  # that they watch from: nothing that is there already is an event
    watchers: int
    warmup: float  # s
    window: float  # s that are measured once it is open; 0: until `finish` is called
    objects: Sequence[str] = ()
    rate: float = 0.0  # 1/s; 0: nothing is written
    slow: int = 0
    slow_rate: float = 1000.0  # By/s
    arrivals: Arrivals = CONSTANT
    connections: int = 10  # that writes are sent over
    seed: int = 0
    timeout: float = 30.0  # s that a write may take, from when it was due
    opening: float = 50.0  # s until all watches have to be open
    queue: int = 100_000  # writes that may wait for a connection before more are dropped


@dataclass(frozen=True, kw_only=True)
class WatchResult:
    """The result of a watch: what became of the writes due in the window, and of the watchers.

    `writes` is the result of a load of writes. `delivery`: from sending a write to its event, for
    each watcher that is not slow. `expected` = events that came + `lost`, of right answers.
    """

    writes: LoadResult
    delivery: str  # a histogram, in base64
    expected: int
    lost: int
    disordered: int = 0  # events whose revision was not above the one before
    events: int = 0  # that came in the window to all watchers
    slow_events: int = 0  # of these, to slow ones
    open: int = 0  # watchers at the end
    reopened: int = 0  # watches that the server ended
    expired: int = 0  # of these, because it has forgotten what came next (410)
    refused: int = 0  # attempts to open one that failed
    example: str = ""  # of a refusal


def start_watchers(plan: WatchPlan, workdir: Path) -> PlannedProcess[WatchResult]:
    """Open the watches and begin to write. Raises `MeasurementFailed`."""
    return PlannedProcess(
        MODULE,
        plan,
        workdir / "watch.log",
        WatchResult,
        starting=STARTING,
        ending=plan.window + plan.timeout + SETTLING + STARTING,
    )
