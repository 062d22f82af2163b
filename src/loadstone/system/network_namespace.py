"""Network namespaces of Linux: a thread goes into one, and its new sockets belong to that."""

from __future__ import annotations

import ctypes
import os

CURRENT = "/proc/thread-self/ns/net"
_NETWORK = 0x40000000  # CLONE_NEWNET
_libc = ctypes.CDLL(None, use_errno=True)


def make() -> None:
    """Have this thread in a new network. Raises `OSError` where that is not allowed."""
    _checked(_libc.unshare(_NETWORK))


def enter(descriptor: int) -> None:
    """Have this thread in the network of an open file such as `CURRENT`. Raises `OSError`."""
    _checked(_libc.setns(descriptor, _NETWORK))


def enter_file(path: str) -> None:
    """Have this thread in the network that a file names. Raises `OSError`."""
    descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        enter(descriptor)
    finally:
        os.close(descriptor)


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))
