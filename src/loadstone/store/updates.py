"""Updates of what a name holds: read, changed, and written if nobody wrote meanwhile, else anew."""

from __future__ import annotations

import itertools
import random
import time
from collections.abc import Callable

from loadstone.store.backoff import SHORTEST, pause
from loadstone.store.blobs.protocol import Blobs


def update(
    blobs: Blobs,
    name: str,
    change: Callable[[bytes | None], bytes],
    *,
    most: int,
    sleep: Callable[[float], object] = time.sleep,
) -> bytes:
    """Let a name hold what `change` makes of what it holds, and return that.

    `change` gets None where nothing has the name. It is called again whenever somebody else was
    quicker, so it has to look anew at whatever it looks at; no update is ever lost. Where a
    connection breaks just after a write, it may be applied to its own result.
    """
    for losses in itertools.count():
        before = blobs.read(name, most=most)
        data = change(before.data if before else None)
        if before is not None and before.data == data:
            return data
        expected = before.version if before else None
        if blobs.write(name, data, expected=expected) is not None:
            return data
        sleep(pause(losses, SHORTEST, random.Random()))
    raise AssertionError  # counting never ends
