"""Requests to API servers by a process of its own: the plan, and its start."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from loadstone.formats.arrivals import CONSTANT, Arrivals
from loadstone.measure.load.generator import LoadResult
from loadstone.measure.load.planned_process import PlannedProcess
from loadstone.model import ApiAccess

MODULE = "loadstone.measure.load.player"
AGENT = "loadstone/player"  # begins as all of our agents do: none of it is the component's
STARTING = 30.0  # s for an interpreter to start and connections to open, on a busy machine


@dataclass(frozen=True, kw_only=True)
class PlayPlan:
    """The plan of a player: requests over `paths` in a shuffled order, to every lane the same.

    Open-loop at a `rate`, or closed: `concurrency` clients of each lane that ask again as soon as
    they are answered. Of a list with `paged`, each page is a request of its own, due when the page
    before it has come. `patch`: a merge patch is sent in place of a GET; in its strings `${i}` is
    the number of the request and `${now}` the time.
    """

    lanes: Sequence[ApiAccess]
    paths: Sequence[str]
    warmup: float  # s
    window: float  # s that are measured once it is open; 0: until `finish` is called
    rate: float = 0.0  # 1/s of each lane; 0: closed
    concurrency: int = 0  # of each lane
    connections: int = 10  # of each lane
    paged: bool = False
    patch: Mapping[str, Any] | None = None
    arrivals: Arrivals = CONSTANT
    seed: int = 0
    timeout: float = 30.0  # s that a client would wait for one answer, from when it was due
    queue: int = 100_000  # requests that may wait for a connection before more are dropped


def start_player(
    plan: PlayPlan, workdir: Path, name: str = "player"
) -> PlannedProcess[list[LoadResult]]:
    """Begin to send; the result is one of each lane. Raises `MeasurementFailed`."""
    return PlannedProcess(
        MODULE,
        plan,
        workdir / f"{name}.log",
        list[LoadResult],
        starting=STARTING,
        ending=plan.window + plan.timeout + STARTING,
    )
