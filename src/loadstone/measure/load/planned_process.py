"""A process of our own that does a plan, seen from the process that measures."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generic, TypeVar

import msgspec

from loadstone.system.worker import Worker

Result = TypeVar("Result")


class PlannedProcess(Generic[Result]):
    """A process that has begun to do its plan, and says what came of it when told to finish.

    `starting` and `ending`: s that it may take until it has begun, and until its result is there.
    Raises `MeasurementFailed` when it breaks, now or later.
    """

    def __init__(
        self,
        module: str,
        plan: Any,
        log: Path,
        result: type[Result],
        *,
        starting: float,
        ending: float,
    ) -> None:
        self._result, self._ending = result, ending
        self._worker = Worker(module, log)
        self._worker.tell(msgspec.json.encode(plan))
        self._worker.answer(starting)

    @property
    def pid(self) -> int:
        return self._worker.pid

    def open_window(self) -> None:
        """What is due from now on counts."""
        self._worker.tell(b"open")

    def finish(self) -> Result:
        """Have it end in good order, and wait for what came of it."""
        self._worker.tell(b"finish")
        line = self._worker.answer(self._ending)
        self._worker.stop()
        return msgspec.json.decode(line, type=self._result)

    def stop(self) -> None:
        """End at once, without a result. Fine at any time, and more than once."""
        self._worker.stop()
