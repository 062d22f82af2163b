"""The time that the runner grants a cancelled step, and not a second more.

It sends SIGINT, SIGTERM after 7.5 seconds, and after 2.5 more it ends the program that started our
container, which then runs on with nobody to answer for it. So the first signal starts a clock: who
is not done cleaning up when it ends is ended, and the container and everything in it with it.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType

SECONDS = 6.5  # of the 7.5 between the first two signals
STATUS = 130
_SIGNS = (signal.SIGINT, signal.SIGTERM)


@contextmanager
def granted(seconds: float = SECONDS, leave: Callable[[int], object] = os._exit) -> Iterator[None]:
    """Start the clock with the first SIGINT or SIGTERM; who took them before still gets them."""
    before = {sign: signal.getsignal(sign) for sign in _SIGNS}
    clock = threading.Timer(seconds, leave, args=(STATUS,))
    clock.daemon = True

    def start(sign: int, frame: FrameType | None) -> None:
        if not clock.is_alive() and not clock.finished.is_set():
            clock.start()
        handler = before[signal.Signals(sign)]
        if callable(handler):
            handler(sign, frame)

    for sign in _SIGNS:
        signal.signal(sign, start)
    try:
        yield
    finally:
        clock.cancel()
        for sign, handler in before.items():
            signal.signal(sign, signal.SIG_DFL if handler is None else handler)
