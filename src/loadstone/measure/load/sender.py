"""The line protocol of processes that send: a plan, `open`, `finish`, and the result.

Standard input: the plan as a line of JSON, then the words `open` and `finish`, a line each.
Standard output: a line `ready` when the load has begun, then the result as a line of JSON. The
process ends when its standard input does.

Of several that share a schedule each says `ready` when its connections are open, is told `begin`
then, and each word comes with the moment that it is about, the same for all of them.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
from collections.abc import Callable
from typing import Any, Protocol, TypeVar

import msgspec

from loadstone.system.limits import raise_open_files

Plan = TypeVar("Plan")


class Sender(Protocol):
    """A sender, by a plan that it was made with."""

    async def begin(self) -> None: ...

    def open_window(self) -> None: ...

    async def finish(self) -> Any:
        """End in good order; what came of it."""


async def serve(reader: asyncio.StreamReader, sender: Any) -> None:
    """Do the commands on standard input until it ends."""
    await sender.begin()
    _say(b"ready")
    while line := (await reader.readline()).strip():
        word, _, at = line.partition(b" ")
        moment = [float(at)] if at else []
        if word == b"begin":
            sender.start(*moment)
        elif word == b"open":
            sender.open_window(*moment)
        elif word == b"finish":
            _say(msgspec.json.encode(await sender.finish(*moment)))
            return


async def main(kind: type[Plan], make: Callable[[Plan], Sender]) -> None:
    """Serve standard input until it ends: its first line is a plan of this kind."""
    raise_open_files()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**26)  # a plan with thousands of targets is one line
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    plan = msgspec.json.decode(await reader.readline(), type=kind)
    # Nothing here makes cycles, and a collection would be a pause that looks like the target's.
    gc.freeze()
    gc.disable()
    await serve(reader, make(plan))


def _say(line: bytes) -> None:
    os.write(1, line + b"\n")
