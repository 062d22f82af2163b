"""A timer of the kernel that an event loop can wait for, exact to microseconds.

Event loops round their own timers to whole milliseconds, which is as much as a fast proxy needs for
its whole answer. Python has `os.timerfd_create` from 3.13 on; until then the C library is asked.
"""

from __future__ import annotations

import ctypes
import os

_CLOCK_MONOTONIC = 1
_TFD_TIMER_ABSTIME = 1
_TFD_NONBLOCK_CLOEXEC = os.O_NONBLOCK | os.O_CLOEXEC
_PR_SET_TIMERSLACK = 29


class _Timespec(ctypes.Structure):
    """`struct timespec` of the kernel."""

    _fields_ = (("seconds", ctypes.c_long), ("nanoseconds", ctypes.c_long))


class _Itimerspec(ctypes.Structure):
    """`struct itimerspec` of the kernel."""

    _fields_ = (("interval", _Timespec), ("value", _Timespec))


class Timer:
    """A timer (timerfd) whose file descriptor becomes readable when its moment has come."""

    def __init__(self) -> None:
        libc = ctypes.CDLL(None, use_errno=True)
        libc.prctl(_PR_SET_TIMERSLACK, 1)  # ns; the kernel may else be 50 µs late on purpose
        self.fd: int = libc.timerfd_create(_CLOCK_MONOTONIC, _TFD_NONBLOCK_CLOEXEC)
        if self.fd < 0:
            raise OSError(ctypes.get_errno(), "timerfd_create failed")
        self._settime = libc.timerfd_settime
        self._spec = _Itimerspec()
        self._address = ctypes.byref(self._spec)

    def set(self, moment: float) -> None:
        """Fire once at `moment` on the clock of `time.monotonic`, at once if it is over.

        Setting it anew also makes the descriptor unreadable again.
        """
        seconds = int(moment)
        value = self._spec.value
        value.seconds = seconds
        value.nanoseconds = int((moment - seconds) * 1e9)
        self._settime(self.fd, _TFD_TIMER_ABSTIME, self._address, None)
