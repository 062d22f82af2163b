"""Real programs as processes: started, waited for, ended."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path

from loadstone.system import processes

READY_WITHIN = 120.0  # s; a busy machine takes a while to read a binary of 90 MiB


@contextmanager
def running(
    program: Path, arguments: Sequence[str], log: Path, env: Mapping[str, str] | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """A program from start to end, with what it prints in `log`."""
    process = processes.spawn([str(program), *arguments], log=log, env=env)
    try:
        yield process
    finally:
        processes.end(process)


def wait(
    ready: Callable[[], bool],
    what: str,
    *,
    process: subprocess.Popen[bytes] | None = None,
    log: Path | None = None,
    within: float = READY_WITHIN,
) -> None:
    """Until `ready`; raises with the log's end when that takes too long or the program ends."""
    deadline = time.monotonic() + within
    while not ready():
        ended = process is not None and process.poll() is not None
        if ended or time.monotonic() > deadline:
            tail = log.read_text(errors="replace")[-3000:] if log and log.exists() else ""
            raise TimeoutError(f"{what}: {'it ended' if ended else 'not in time'}\n{tail}")
        time.sleep(0.1)


def ports(count: int) -> list[int]:
    """Free ports of 127.0.0.1; another process may take one before it is used."""
    with ExitStack() as stack:
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in sockets]
