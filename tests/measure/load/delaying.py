"""A web server that answers each path as late as it says: `/after/250` a quarter of a second."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager

_ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"


@contextmanager
def delaying() -> Iterator[int]:
    """The port of the loopback on which it listens."""
    loop = asyncio.new_event_loop()
    writers: set[asyncio.StreamWriter] = set()

    async def handle(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writers.add(writer)
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                due = loop.time() + int(head.split(b" ", 2)[1].rpartition(b"/")[2]) / 1000
                await asyncio.sleep(due - loop.time())
                writer.write(_ANSWER)
        except (asyncio.IncompleteReadError, ConnectionError):
            writers.discard(writer)
            writer.close()

    async def end(listener: asyncio.Server) -> None:
        listener.close()
        for writer in list(writers):
            writer.close()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    starting = asyncio.start_server(handle, "127.0.0.1", 0, backlog=1024)
    listener = asyncio.run_coroutine_threadsafe(starting, loop).result(30)
    try:
        yield listener.sockets[0].getsockname()[1]
    finally:
        asyncio.run_coroutine_threadsafe(end(listener), loop).result(30)
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()
