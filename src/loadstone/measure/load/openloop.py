"""The built-in generator as a process of its own: `python -m loadstone.measure.load.openloop`.

Standard input: the plan as a line of JSON, then the words `open` and `finish`, a line each.
Standard output: a line `ready` when the load has begun, then the result as a line of JSON. The
process ends when its standard input does.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys

import msgspec
import uvloop

from loadstone.measure.load.engine import Engine
from loadstone.measure.load.generator import LoadPlan
from loadstone.system.limits import raise_open_files


async def serve(reader: asyncio.StreamReader, plan: LoadPlan) -> None:
    """Do the commands on standard input until it ends."""
    engine = Engine(plan)
    await engine.begin()
    _say(b"ready")
    while word := (await reader.readline()).strip():
        if word == b"open":
            engine.open_window()
        elif word == b"finish":
            _say(msgspec.json.encode(await engine.finish()))
            return


async def main() -> None:
    """Serve standard input until it ends."""
    raise_open_files()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader(limit=2**26)  # a plan with thousands of targets is one line
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    plan = msgspec.json.decode(await reader.readline(), type=LoadPlan)
    # Nothing here makes cycles, and a collection would be a pause that looks like the target's.
    gc.freeze()
    gc.disable()
    await serve(reader, plan)


def _say(line: bytes) -> None:
    os.write(1, line + b"\n")


if __name__ == "__main__":
    uvloop.run(main())
