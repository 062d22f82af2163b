"""Programs of a cluster as local processes: started on free ports, waited for, ended."""

from __future__ import annotations

import socket
import ssl
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from pathlib import Path
from urllib.parse import urlsplit

from loadstone.errors import ClusterFailed
from loadstone.system import processes

HOST = "127.0.0.1"  # where all of them listen
READY_WITHIN = 300.0  # s; it takes a few, but on a machine that is as busy as can be
_ATTEMPTS = 3  # a free port may be taken between finding and using it
_PORT_TAKEN = "address already in use"
_LOG_LINES = 20
_PATIENCE = 10.0  # s until a program that does not end is killed


@dataclass(frozen=True, kw_only=True)
class ProgramSpec:
    """The start of a program: its arguments and whether it is ready, given its ports."""

    name: str
    executable: Path
    arguments: Callable[[Sequence[int]], Sequence[str]]
    ready: Callable[[Sequence[int]], bool]
    ports: int = 1


@dataclass(frozen=True, kw_only=True)
class ClusterProgram:
    """A program of a cluster that was started, with its ports and the log of what it prints."""

    name: str
    process: subprocess.Popen[bytes]
    ports: Sequence[int]
    log: Path

    def runs(self) -> bool:
        return self.process.poll() is None

    def failed(self, what: str) -> ClusterFailed:
        """The failure of this program, with the end of its log."""
        status = self.process.poll()
        end = "" if status is None else f"; it has ended with status {status}"
        lines = _text(self.log).splitlines()[-_LOG_LINES:]
        return ClusterFailed(
            "\n".join([f"{self.name}: {what}{end}", *lines]), next_step=f"read {self.log}"
        )


@contextmanager
def running(
    spec: ProgramSpec, folder: Path, *, within: float = READY_WITHIN
) -> Iterator[ClusterProgram]:
    """A program from when it is ready to its end. Raises `ClusterFailed`."""
    program = _ready(spec, folder, within)
    try:
        yield program
    finally:
        processes.end(program.process, patience=_PATIENCE)


def answers(url: str) -> bool:
    """Whether a health page of this machine says that all is well, whoever signed for it."""
    page = urlsplit(url)
    connection: HTTPConnection
    if page.scheme == "https":
        connection = HTTPSConnection(page.netloc, timeout=2.0, context=_trusting())
    else:
        connection = HTTPConnection(page.netloc, timeout=2.0)
    try:
        connection.request("GET", page.path)
        return connection.getresponse().status == 200
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()


def _trusting() -> ssl.SSLContext:
    """Of a program that was just started here, whose certificate is its own."""
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _ready(spec: ProgramSpec, folder: Path, within: float) -> ClusterProgram:
    for attempt in range(_ATTEMPTS):
        log = folder / (f"{spec.name}.log" if not attempt else f"{spec.name}-{attempt}.log")
        ports = _free_ports(spec.ports)
        command = [str(spec.executable), *spec.arguments(ports)]
        process = processes.spawn(command, log=log, cwd=folder, scrubbed=True)
        program = ClusterProgram(name=spec.name, process=process, ports=ports, log=log)
        try:
            _wait(spec, program, within)
        except ClusterFailed:
            processes.end(process, patience=_PATIENCE)
            if attempt + 1 < _ATTEMPTS and _PORT_TAKEN in _text(log).lower():
                continue
            raise
        except BaseException:
            processes.end(process, patience=_PATIENCE)
            raise
        return program
    raise AssertionError("unreachable: the last attempt returns or raises")


def _wait(spec: ProgramSpec, program: ClusterProgram, within: float) -> None:
    deadline = time.monotonic() + within
    while not spec.ready(program.ports):
        if not program.runs():
            raise program.failed("it did not get ready")
        if time.monotonic() > deadline:
            raise program.failed(f"it was not ready within {within:g} s")
        time.sleep(0.05)


def _free_ports(count: int) -> list[int]:
    with ExitStack() as stack:  # all held at once, so that no two are the same
        sockets = [stack.enter_context(socket.socket()) for _ in range(count)]
        for each in sockets:
            each.bind((HOST, 0))
        return [each.getsockname()[1] for each in sockets]


def _text(log: Path) -> str:
    return log.read_text(errors="replace") if log.exists() else ""
