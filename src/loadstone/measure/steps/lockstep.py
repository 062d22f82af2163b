"""The lockstep of the sides of a run: what one does, the other does at the same moment.

A solo run has one side, and nothing to wait for. The two sides of a mixed pair act each in a thread
of its own. When one breaks off, the other is stopped at its next check, since a pair that has lost
one side measures nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import wait as wait_for
from contextlib import contextmanager
from typing import TypeVar

from loadstone.errors import MeasurementFailed

T = TypeVar("T")
_PATIENCE = 300.0  # s that one side waits for the other; no step takes as long
_TICK = 0.2  # s


class SidesFailed(MeasurementFailed):
    """Sides of a run that broke off; `errors`: by the number of the side."""

    def __init__(self, errors: Mapping[int, MeasurementFailed]) -> None:
        super().__init__("; ".join(error.message for error in errors.values()))
        self.errors = errors


class PartnerGone(MeasurementFailed):
    """The end of a side because the other one has broken off."""


class Lockstep:
    """The lockstep of so many sides, numbered from 0, with a thread for each of several.

    The threads last until it is closed: a process that one of them starts is ended by the kernel
    when its thread ends.
    """

    def __init__(self, sides: int = 1) -> None:
        self._sides = sides
        self._broken = threading.Event()
        self._barrier = threading.Barrier(sides)
        self._interrupted = False
        self._acting = [threading.Lock() for _ in range(sides)]
        self._threads = ThreadPoolExecutor(sides, thread_name_prefix="side")

    def close(self) -> None:
        """End its threads. Fine more than once."""
        self._threads.shutdown()

    def meet(self) -> None:
        """Wait until every side is here. Raises `PartnerGone`."""
        try:
            self._barrier.wait(_PATIENCE)
        except threading.BrokenBarrierError as error:
            raise PartnerGone("the other side has broken off") from error

    def check(self) -> None:
        """Raise `PartnerGone` when another side has broken off."""
        if self._broken.is_set():
            raise PartnerGone("the other side has broken off")

    def each(self, do: Callable[[int], T]) -> list[T]:
        """Do it for every side at once; return what came of it in their order.

        Raises `SidesFailed`, when all have ended, with the failure of each side that broke off.
        """
        if self._sides == 1:
            with self.blame(0):
                return [do(0)]
        try:
            begun = [self._threads.submit(self._guarded, do, side) for side in range(self._sides)]
            _wait(begun)
            ended = [each.exception() for each in begun]
        except BaseException:  # an interrupt, maybe before all that have begun are known
            self._interrupted = True
            self._break()
            for acting in self._acting:
                with acting:  # no side is left behind, and none acts any more
                    pass
            raise
        self._raise(dict(enumerate(ended)))
        return [each.result() for each in begun]

    @contextmanager
    def blame(self, side: int) -> Iterator[None]:
        """What fails within is that side's: it leaves as `SidesFailed`."""
        try:
            yield
        except SidesFailed:
            raise
        except MeasurementFailed as error:
            self._break()
            raise SidesFailed({side: error}) from error

    def _guarded(self, do: Callable[[int], T], side: int) -> T:
        with self._acting[side]:
            try:
                if self._interrupted:
                    raise PartnerGone("the measuring was interrupted")
                return do(side)
            except BaseException:
                self._break()
                raise

    def _break(self) -> None:
        self._broken.set()
        self._barrier.abort()

    def _raise(self, ended: Mapping[int, BaseException | None]) -> None:
        """Raise what matters most of how the sides ended: defects, then failures."""
        gone = {side: error for side, error in ended.items() if error is not None}
        own = {side: error for side, error in gone.items() if not isinstance(error, PartnerGone)}
        for error in own.values():
            if not isinstance(error, MeasurementFailed):
                raise error
        failed = {s: error for s, error in own.items() if isinstance(error, MeasurementFailed)}
        if gone:
            raise SidesFailed(failed)


def _wait(begun: Sequence[Future[T]]) -> None:
    """Wait until all have ended, waking now and then.

    The kernel may hand a signal to any thread. Python acts on it in the main one, which a lock that
    it waits for without end would keep from it.
    """
    while wait_for(begun, timeout=_TICK).not_done:
        pass
