"""Event counters of the kernel for running programs: perf_event_open(2), by ctypes.

glibc has no wrapper, and no maintained library counts without a program `perf` or a compiler. Only
work in user space is counted of what processors count: it is the same from run to run, and needs no
rights beyond those of most distributions. Counters are opened for each thread, and inherited
by the threads and processes that it starts.
"""

from __future__ import annotations

import contextlib
import ctypes
import errno
import os
import platform
import struct
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from pathlib import Path

_CALL = {"x86_64": 298, "aarch64": 241, "riscv64": 241}  # number of the system call
_INHERIT, _NO_KERNEL, _NO_HYPERVISOR = 1 << 1, 1 << 5, 1 << 6
_CLOSE_ON_EXEC = 8
_TIMES = 0b11  # read_format: how long the counter was wanted, and how long it counted
_ATTRIBUTES = struct.Struct("=IIQQQQQIIQ")  # PERF_ATTR_SIZE_VER0
_READING = struct.Struct("=QQQ")
_TRACEFS = ("/sys/kernel/tracing", "/sys/kernel/debug/tracing")
_PARANOID = Path("/proc/sys/kernel/perf_event_paranoid")


class Kind(IntEnum):
    """A kind of events, by the kernel's number of it."""

    HARDWARE = 0
    SOFTWARE = 1
    TRACEPOINT = 2


class Hindrance(StrEnum):
    """A cause for which an event is not counted."""

    NO_PMU = "no-pmu"  # the processor does not count it, or not for this virtual machine
    NO_TRACEFS = "no-tracefs"  # where the kernel names its tracepoints
    REFUSED = "refused"  # to us
    NO_PERF = "no-perf"  # the kernel has no such system call
    FAILED = "failed"


_HINDRANCES = {
    errno.ENOENT: Hindrance.NO_PMU,
    errno.ENODEV: Hindrance.NO_PMU,
    errno.EOPNOTSUPP: Hindrance.NO_PMU,
    errno.EACCES: Hindrance.REFUSED,
    errno.EPERM: Hindrance.REFUSED,
    errno.ENOSYS: Hindrance.NO_PERF,
}


class NotCounted(Exception):
    """An event that cannot be counted here, and why."""

    def __init__(self, hindrance: Hindrance) -> None:
        super().__init__(hindrance)
        self.hindrance = hindrance


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event that the kernel can count."""

    name: str
    kind: Kind
    config: Callable[[], int | None]  # None: this kernel does not know it
    user_only: bool = False


def _sys_enter() -> int | None:
    for place in _TRACEFS:
        with contextlib.suppress(OSError, ValueError):
            return int(Path(place, "events/raw_syscalls/sys_enter/id").read_text())
    return None


INSTRUCTIONS = Event(name="instructions", kind=Kind.HARDWARE, config=lambda: 1, user_only=True)
CYCLES = Event(name="cycles", kind=Kind.HARDWARE, config=lambda: 0, user_only=True)
SYSCALLS = Event(name="syscalls", kind=Kind.TRACEPOINT, config=_sys_enter)
EVENTS = (INSTRUCTIONS, CYCLES, SYSCALLS)  # those that a run counts, where it can


class EventCounter:
    """A counter of one event in processes and what they start from now on; to be closed."""

    def __init__(self, event: Event, pids: Iterable[int]) -> None:
        """Raises `NotCounted`. Threads and processes that end meanwhile are passed over."""
        self._files: list[int] = []
        config = event.config()
        if config is None:
            raise NotCounted(Hindrance.NO_TRACEFS)
        try:
            for thread in threads(pids):
                self._open(event, config, thread)
        except NotCounted:
            self.close()
            raise

    def read(self) -> float:
        """The events so far; what the kernel counted a part of the time, taken for all of it."""
        total = 0.0
        for file in self._files:
            count, wanted, counted = _READING.unpack(os.read(file, _READING.size))
            total += count * wanted / counted if counted else 0.0
        return total

    def close(self) -> None:
        """Stop counting. Fine more than once."""
        while self._files:
            os.close(self._files.pop())

    def _open(self, event: Event, config: int, thread: int) -> None:
        with contextlib.suppress(ProcessLookupError):
            self._files.append(_opened(event, config, thread))


def threads(pids: Iterable[int]) -> list[int]:
    """The threads that processes have now."""
    found: list[int] = []
    for pid in pids:
        with contextlib.suppress(OSError):
            found += [int(each.name) for each in Path(f"/proc/{pid}/task").iterdir()]
    return found


def hindrance(event: Event) -> Hindrance | None:
    """The cause for which this process cannot count an event of its own, None where it can."""
    try:
        EventCounter(event, [os.getpid()]).close()
    except NotCounted as error:
        return error.hindrance
    return None


def paranoid() -> int | None:
    """The level of kernel.perf_event_paranoid, None where there is none."""
    with contextlib.suppress(OSError, ValueError):
        return int(_PARANOID.read_text())
    return None


def _opened(event: Event, config: int, thread: int) -> int:
    """The file of a new counter of one thread. Raises `NotCounted`, `ProcessLookupError`."""
    call = _CALL.get(platform.machine())
    if call is None:
        raise NotCounted(Hindrance.NO_PERF)
    flags = _INHERIT | _NO_HYPERVISOR | (_NO_KERNEL if event.user_only else 0)
    size = _ATTRIBUTES.size
    attributes = _ATTRIBUTES.pack(event.kind, size, config, 0, 0, _TIMES, flags, 0, 0, 0)
    libc = ctypes.CDLL(None, use_errno=True)
    file = libc.syscall(
        ctypes.c_long(call),
        ctypes.c_char_p(attributes),
        ctypes.c_int(thread),
        ctypes.c_int(-1),
        ctypes.c_int(-1),
        ctypes.c_ulong(_CLOSE_ON_EXEC),
    )
    if file < 0:
        number = ctypes.get_errno()
        if number == errno.ESRCH:
            raise ProcessLookupError(number, os.strerror(number))
        raise NotCounted(_HINDRANCES.get(number, Hindrance.FAILED))
    return int(file)
