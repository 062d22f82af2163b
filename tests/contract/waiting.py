"""Waiting for what a controller does in its own time."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


def eventually(probe: Callable[[], T], *, within: float = 30.0) -> T:
    """The first truthy value of `probe`, asked again and again for `within` seconds."""
    deadline = time.monotonic() + within
    pause = 0.005
    while True:
        value = probe()
        if value or time.monotonic() > deadline:
            assert value, f"not so within {within:g} s"
            return value
        time.sleep(pause)
        pause = min(pause * 1.5, 0.25)
