"""The provider `memory`, the default: an in-memory Kubernetes API server as a local process."""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import msgspec
import urllib3

from loadstone.cluster.provider_options import ProviderOptions
from loadstone.errors import ClusterFailed, Problem
from loadstone.formats import Dial
from loadstone.model import Accounting, ApiAccess
from loadstone.system import processes
from loadstone.system.kubeconfig import write_kubeconfig

NAME = "memory"
AGENT = "loadstone-control"
READY_WITHIN = 30.0  # s; it takes a fraction of one, unless the machine is overloaded
_TIMEOUT = urllib3.Timeout(connect=5.0, read=30.0)
_LOG_LINES = 20


@dataclass(frozen=True, kw_only=True)
class MemoryCluster:
    """A running in-memory API server."""

    api: str
    kubeconfig: Path
    version: str
    log: Path
    process: subprocess.Popen[bytes]
    pool: urllib3.PoolManager
    provider: str = NAME

    @property
    def access(self) -> ApiAccess:
        return ApiAccess(url=self.api)

    def dial(self, dials: Sequence[Dial]) -> None:
        self._ask("PUT", "/loadstone/dials", msgspec.json.encode(list(dials)))

    def accounting(self) -> Accounting:
        found = json.loads(self._ask("GET", "/loadstone/accounting"))
        known = Accounting.__dataclass_fields__.keys() & found.keys()
        return Accounting(**{name: found[name] for name in known})

    def reset(self) -> None:
        self._ask("POST", "/loadstone/reset")

    def compact(self) -> None:
        """Forget the history of changes: watches from earlier revisions answer 410 Gone."""
        self._ask("POST", "/loadstone/compact")

    def alive(self) -> bool:
        if self.process.poll() is not None:
            return False
        try:
            return self._ask("GET", "/livez") == b"ok"
        except ClusterFailed:
            return False

    def _ask(self, method: str, path: str, body: bytes | None = None) -> bytes:
        try:
            answer = self.pool.request(method, self.api + path, body=body)
        except urllib3.exceptions.HTTPError as error:
            raise failed(
                self.process, self.log, f"no answer to {method} {path}: {error}"
            ) from error
        if answer.status >= 300:
            raise ClusterFailed(
                f"{method} {path} was answered with {answer.status}: {_message(answer.data)}"
            )
        return answer.data


class MemoryProvider:
    """The provider of in-memory API servers."""

    name = NAME

    def __init__(
        self,
        arguments: Sequence[str] = (),
        env: Mapping[str, str] | None = None,
        *,
        options: ProviderOptions | None = None,  # noqa: ARG002  (it needs none)
    ) -> None:
        self._arguments = tuple(arguments)
        self._env = env

    @contextmanager
    def provision(self, *, workdir: Path) -> Iterator[MemoryCluster]:
        """A server on a free port of 127.0.0.1; its log and kubeconfig are in `workdir`."""
        workdir.mkdir(parents=True, exist_ok=True)
        log = workdir / "apiserver.log"
        command = [sys.executable, "-m", "loadstone.apiserver", "--port", "0"]
        process = processes.spawn(
            [*command, *self._arguments], log=log, env=self._env, stdout=subprocess.PIPE
        )
        try:
            ready = _ready(process, log)
            url = ready["url"]
            pool = urllib3.PoolManager(
                headers={"User-Agent": AGENT}, retries=False, timeout=_TIMEOUT
            )
            yield MemoryCluster(
                api=url,
                kubeconfig=write_kubeconfig(workdir / "kubeconfig", ApiAccess(url=url), name=NAME),
                version=ready["version"],
                log=log,
                process=process,
                pool=pool,
            )
            pool.clear()
        finally:
            processes.end(process)
            if process.stdout is not None:
                process.stdout.close()

    def identity(self) -> str:
        """Nothing: it is as Loadstone is, whose version is compared anyway."""
        return ""

    def sweep(self) -> list[str]:
        """Nothing: servers carry their owner's name, and `processes.sweep` ends them."""
        return []

    def problems(self) -> list[Problem]:
        """Nothing: all that it needs is installed with Loadstone."""
        return []


def failed(process: subprocess.Popen[bytes], log: Path, what: str) -> ClusterFailed:
    """The failure of a server, with the end of its output."""
    status = process.poll()
    end = "" if status is None else f"; it has ended with status {status}"
    lines = log.read_text(errors="replace").splitlines() if log.exists() else []
    tail = "\n".join(lines[-_LOG_LINES:])
    return ClusterFailed(
        f"the in-memory API server: {what}{end}\n{tail}".rstrip(),
        next_step=f"read {log}",
    )


def _ready(process: subprocess.Popen[bytes], log: Path) -> dict[str, str]:
    """The line that the server prints when it listens: its `url` and `version`."""
    if process.stdout is None:
        raise failed(process, log, "its standard output is not connected")
    line = _line(process.stdout, READY_WITHIN)
    try:
        found: dict[str, str] = json.loads(line)
    except ValueError:
        if not line:
            process.wait(timeout=5)
        raise failed(process, log, "it did not start") from None
    return found


def _line(stream: IO[bytes], within: float) -> bytes:
    """The first line, or as much of it as came in time."""
    deadline = time.monotonic() + within
    line = b""
    while not line.endswith(b"\n"):
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([stream], [], [], left)[0]:
            return line
        piece = os.read(stream.fileno(), 4096)
        if not piece:
            return line
        line += piece
    return line


def _message(body: bytes) -> str:
    try:
        return str(json.loads(body)["message"])
    except (ValueError, KeyError, TypeError):
        return body[:200].decode(errors="replace")
