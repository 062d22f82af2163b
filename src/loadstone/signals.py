"""Whether somebody asked us to stop.

A signal raises `KeyboardInterrupt` wherever the program happens to be, and there are places that
lose it (a finaliser, a callback of a C library). So it is remembered too, and asked for between two
runs.
"""

from __future__ import annotations

import signal
import sys
from threading import Event
from types import FrameType

_asked = Event()


def listen() -> None:
    """Take SIGINT and SIGTERM as a wish to stop; for the main thread of a program."""
    _asked.clear()
    sys.unraisablehook = _unraisable
    for sign in (signal.SIGINT, signal.SIGTERM):
        signal.signal(sign, _stop)


def check() -> None:
    """Raise `KeyboardInterrupt` if somebody asked us to stop and that got lost."""
    if _asked.is_set():
        raise KeyboardInterrupt


def _unraisable(lost: sys.UnraisableHookArgs) -> None:
    """A lost wish to stop is no news to a user: `check` will find it."""
    if not issubclass(lost.exc_type, KeyboardInterrupt):
        sys.__unraisablehook__(lost)


def _stop(_signal: int, _frame: FrameType | None) -> None:
    _asked.set()
    raise KeyboardInterrupt
