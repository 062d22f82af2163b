"""Signal handling: whether SIGINT or SIGTERM asked us to stop.

A signal raises `KeyboardInterrupt` wherever the program happens to be, and there are places that
lose it (a finaliser, a callback of a C library). So it is remembered too, and asked for between two
runs.
"""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from threading import Event
from types import FrameType

_SIGNS = (signal.SIGINT, signal.SIGTERM)
_asked = Event()

Hook = Callable[["sys.UnraisableHookArgs"], object]


@contextmanager
def listening() -> Iterator[None]:
    """Take SIGINT and SIGTERM as a wish to stop, in the main thread, until this is left.

    Who had taken them before, and who was told of what could not be raised, gets them back.
    """
    _asked.clear()
    hook = sys.unraisablehook
    handlers = {sign: signal.signal(sign, _stop) for sign in _SIGNS}
    sys.unraisablehook = partial(_unraisable, hook)
    try:
        yield
    finally:
        sys.unraisablehook = hook
        for sign, handler in handlers.items():
            # None: it was set by C code, which Python cannot put back.
            signal.signal(sign, signal.SIG_DFL if handler is None else handler)
        _asked.clear()


def check() -> None:
    """Raise `KeyboardInterrupt` if somebody asked us to stop and that got lost."""
    if _asked.is_set():
        raise KeyboardInterrupt


def _unraisable(others: Hook, lost: sys.UnraisableHookArgs) -> None:
    """A lost wish to stop is no news to a user: `check` will find it. The rest is for others."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        others(lost)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    _asked.set()
    raise KeyboardInterrupt
