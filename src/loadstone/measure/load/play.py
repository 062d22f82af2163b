"""Requests to an API server by a process of its own: the plan, and the process as it runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import msgspec

from loadstone.formats.arrivals import CONSTANT, Arrivals
from loadstone.measure.load.generator import LoadResult
from loadstone.model import ApiAccess
from loadstone.system.worker import Worker

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


class RunningPlay:
    """A process of a player."""

    def __init__(self, plan: PlayPlan, workdir: Path, name: str = "player") -> None:
        self._plan = plan
        self._worker = Worker(MODULE, workdir / f"{name}.log")
        self._worker.tell(msgspec.json.encode(plan))
        self._worker.answer(STARTING)

    @property
    def pid(self) -> int:
        return self._worker.pid

    def open_window(self) -> None:
        self._worker.tell(b"open")

    def finish(self) -> Sequence[LoadResult]:
        """Wait until the window has passed and its requests are answered: a result for each lane.

        Raises `MeasurementFailed` when the player itself broke.
        """
        self._worker.tell(b"finish")
        line = self._worker.answer(self._plan.window + self._plan.timeout + STARTING)
        self._worker.stop()
        return msgspec.json.decode(line, type=list[LoadResult])

    def stop(self) -> None:
        """End at once, without a result. Fine at any time, and more than once."""
        self._worker.stop()
