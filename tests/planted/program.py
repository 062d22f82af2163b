"""Starts the planted program for a test, as a user would: by one of its launchers."""

from __future__ import annotations

import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import urllib3

from loadstone.system import processes

HERE = Path(__file__).parent


@dataclass(frozen=True, kw_only=True)
class Program:
    """The running program: where it takes requests, and where it tells of itself."""

    http: str
    admin: str
    process: subprocess.Popen[bytes]
    pool: urllib3.PoolManager

    def ask(
        self, path: str, *, host: str = "r0.example.test", body: bytes | None = None
    ) -> urllib3.BaseHTTPResponse:
        """A request through the proxy, over a kept connection."""
        method = "GET" if body is None else "POST"
        headers = {"Host": host}
        return self.pool.request(method, f"http://{self.http}{path}", headers=headers, body=body)

    def tell(self, path: str) -> urllib3.BaseHTTPResponse:
        """A page of its admin port."""
        return self.pool.request("GET", f"http://{self.admin}{path}")

    def metric(self, name: str) -> float:
        """A series without labels of its metrics page."""
        page = self.tell("/metrics").data.decode()
        return float(next(line.split()[1] for line in page.splitlines() if line.split()[0] == name))

    def wait_for(self, name: str, least: float, *, within: float = 20.0) -> None:
        """Until a metric has got so large."""
        deadline = time.monotonic() + within
        while self.metric(name) < least:
            assert time.monotonic() < deadline, f"{name} did not get to {least}"
            time.sleep(0.01)


@contextmanager
def started(
    api: str, launcher: str = "plain", arguments: Sequence[str] = (), *, ready: bool = True
) -> Iterator[Program]:
    """The program by one of its launchers, until it answers on /ping; ended on leaving."""
    http, admin = _free_addresses()
    options = ["--api", api, "--http", http, "--admin", admin, *arguments]
    process = processes.spawn([str(HERE / launcher), *options])
    with urllib3.PoolManager(maxsize=4, retries=False, timeout=20.0) as pool:
        program = Program(http=http, admin=admin, process=process, pool=pool)
        try:
            _wait(program, {200} if ready else {200, 503})
            yield program
        finally:
            processes.end(process)


def _wait(program: Program, statuses: set[int]) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and program.process.poll() is None:
        with suppress(urllib3.exceptions.HTTPError):
            if program.tell("/ping").status in statuses:
                return
        time.sleep(0.02)
    raise AssertionError("the planted program did not get ready")


def _free_addresses() -> list[str]:
    with socket.socket() as one, socket.socket() as other:
        for each in (one, other):
            each.bind(("127.0.0.1", 0))
        return [f"127.0.0.1:{each.getsockname()[1]}" for each in (one, other)]
