"""The clock of the API: moments as RFC 3339 with whole seconds."""

from __future__ import annotations

import time
from functools import lru_cache


def now() -> str:
    """This moment as RFC 3339 with whole seconds, as Kubernetes writes it."""
    return at(int(time.time()))


@lru_cache(maxsize=8)
def at(second: int) -> str:
    """A second since the epoch as RFC 3339."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(second))
