"""The process that holds connections: `python -m loadstone.measure.load.hold_process`.

Standard input: the plan as a line of JSON, then the word `finish`. Standard output: a line `ready`
when every connection has been opened or refused, then the result as a line of JSON.
"""

from __future__ import annotations

import asyncio
import gc
import os
import sys
import time
from typing import cast

import msgspec
import uvloop

from loadstone.measure.load.hold import HoldPlan, HoldResult, source_address
from loadstone.system.limits import raise_open_files

TICK = 0.01  # s
ATONCE = 256  # connections being opened at a time
CONNECTING = 10.0  # s until an attempt to open one counts as refused


class HeldConnection(asyncio.Protocol):
    """A connection that is asked something now and then; what it answers is not looked at."""

    __slots__ = ("_holder", "transport")

    def __init__(self, holder: Holder) -> None:
        self._holder = holder

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self._holder.held.add(self)
        self.transport.write(self._holder.message)

    def connection_lost(self, exc: Exception | None) -> None:  # noqa: ARG002
        self._holder.held.discard(self)


class Holder:
    """The holder of all connections of a plan."""

    def __init__(self, plan: HoldPlan) -> None:
        self._plan = plan
        self._host, _, port = plan.target.rpartition(":")
        self._port = int(port)
        self._gate = asyncio.Semaphore(ATONCE)
        self._refused = 0
        self._example = ""
        self.held: set[HeldConnection] = set()
        self.message = (
            f"GET {plan.path} HTTP/1.1\r\nHost: {plan.host}\r\nUser-Agent: loadstone\r\n\r\n"
        ).encode()

    async def open(self) -> None:
        """Open all connections, at the rate of the plan."""
        start = time.monotonic()
        begun = 0
        tasks: set[asyncio.Task[None]] = set()
        while begun < self._plan.connections:
            due = min(int((time.monotonic() - start) * self._plan.rate) + 1, self._plan.connections)
            for number in range(begun, due):
                task = asyncio.create_task(self._open(number))
                tasks.add(task)
                task.add_done_callback(tasks.discard)
            begun = due
            await asyncio.sleep(TICK)
        await asyncio.gather(*tasks)

    async def ask_again(self) -> None:
        """Keep the connections from idling out, evenly spread over time."""
        while True:
            every = list(self.held)
            per_tick = max(len(every) * TICK / self._plan.again, 1e-9)
            sent = 0.0
            for place, connection in enumerate(every):
                while place >= sent:
                    await asyncio.sleep(TICK)
                    sent += per_tick
                if connection in self.held:
                    connection.transport.write(self.message)
            await asyncio.sleep(TICK)

    def result(self) -> HoldResult:
        asked, open_ = self._plan.connections, len(self.held)
        return HoldResult(
            asked=asked,
            open=open_,
            lost=asked - self._refused - open_,
            refused=self._refused,
            cpu=time.process_time(),
            example=self._example,
        )

    async def _open(self, number: int) -> None:
        source = source_address(number, self._host)
        connect = asyncio.get_running_loop().create_connection(
            lambda: HeldConnection(self),
            self._host.strip("[]"),
            self._port,
            local_addr=(source, 0) if source else None,
        )
        try:
            async with self._gate:
                await asyncio.wait_for(connect, CONNECTING)
        except OSError as error:  # TimeoutError is one
            self._refused += 1
            self._example = self._example or str(error) or type(error).__name__


async def main() -> None:
    """Open the connections of the plan on standard input, and tell their fate at its end."""
    raise_open_files()
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    holder = Holder(msgspec.json.decode(await reader.readline(), type=HoldPlan))
    # As in `openloop`: a collection would delay what is due.
    gc.freeze()
    gc.disable()
    await holder.open()
    os.write(1, b"ready\n")
    asking = loop.create_task(holder.ask_again())
    if await reader.readline():
        os.write(1, msgspec.json.encode(holder.result()) + b"\n")
    asking.cancel()


if __name__ == "__main__":
    uvloop.run(main())
