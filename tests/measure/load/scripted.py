"""A web server that does as it is told: answers, stalls, lies, cuts answers short, closes."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from collections.abc import Callable, Iterator

PATIENCE = 30.0  # s; only a broken test waits that long
Answer = Callable[[str], bytes | None]


def answer(
    body: bytes = b"ok", status: str = "200 OK", length: int | None = None, **headers: str
) -> bytes:
    """An answer; `length` is what it claims, which need not be so."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body) if length is None else length}"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return "\r\n".join([*lines, "", ""]).encode() + body


class Scripted:
    """Runs in a thread of its own. `answers`: path → the bytes of the answer, None closes."""

    def __init__(self, answers: Answer, *, closes: bool = False) -> None:
        self._answers = answers
        self._closes = closes
        self._loop = asyncio.new_event_loop()
        self._writers: set[asyncio.StreamWriter] = set()
        self.hosts: set[str] = set()
        self.seen = 0
        self.connected = 0
        self.port = 0

    def wait_until(self, true: Callable[[], bool]) -> None:
        """Raises `TimeoutError` when it does not come true."""
        deadline = time.monotonic() + PATIENCE
        while not true():
            if time.monotonic() > deadline:
                raise TimeoutError
            time.sleep(0.005)

    def stall(self, seconds: float) -> None:
        """Answer nobody for so long, once, from now on."""
        self._loop.call_soon_threadsafe(time.sleep, seconds)

    def close_connections(self) -> None:
        """Close every connection there is."""

        def close() -> None:
            for writer in list(self._writers):
                writer.close()

        self._loop.call_soon_threadsafe(close)

    async def handle(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.add(writer)
        self.connected += 1
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while self._answer(await reader.readuntil(b"\r\n\r\n"), writer):
                pass
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()
        self._writers.discard(writer)

    def _answer(self, request: bytes, writer: asyncio.StreamWriter) -> bool:
        """Answer; say whether the connection goes on."""
        self.seen += 1
        lines = request.decode().split("\r\n")
        self.hosts |= {line[6:] for line in lines if line.lower().startswith("host: ")}
        data = self._answers(lines[0].split()[1])
        writer.write(data or b"")
        return data is not None and not self._closes

    async def shut(self, listener: asyncio.Server) -> None:
        """Accept nobody any more, and let go of everybody.

        One that has been accepted and has no transport yet is forgotten by a listener that closes
        (in Python 3.11), and its socket left to the garbage collector, in the middle of another
        test. So accepting ends first, and the listener when there is nobody left.
        """
        for each in listener.sockets:
            self._loop.remove_reader(each.fileno())
        while asyncio.all_tasks() - {asyncio.current_task()}:
            for writer in self._writers:
                writer.transport.abort()
            await asyncio.sleep(0.001)
        listener.close()

    def run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._loop.run_forever()


@contextlib.contextmanager
def serve(answers: Answer, *, closes: bool = False) -> Iterator[Scripted]:
    """Run a scripted server on a free port of the loopback. `closes`: after each answer."""
    server = Scripted(answers, closes=closes)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    loop = server._loop
    start = asyncio.start_server(server.handle, "127.0.0.1", 0, backlog=1024)
    listener = asyncio.run_coroutine_threadsafe(start, loop).result(PATIENCE)
    server.port = listener.sockets[0].getsockname()[1]
    try:
        yield server
    finally:
        asyncio.run_coroutine_threadsafe(server.shut(listener), loop).result(PATIENCE)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(PATIENCE)
        loop.close()
