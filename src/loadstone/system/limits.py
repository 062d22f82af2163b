"""Resource limits (rlimits) of this process."""

from __future__ import annotations

import contextlib
import resource
import sys


def raise_open_files() -> int:
    """Raise the limit of open files of this process to the most it may have; return that."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # a kernel may know a lower limit than infinity
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    return sys.maxsize if soft == resource.RLIM_INFINITY else soft
