"""A cluster behind a proxy of ours, which counts its requests and delays or fails them on demand.

No real API server can do either. The proxy is a process of its own with the kubeconfig's
credentials, and asks nobody who he is: whoever reaches it on this machine's loopback has these
rights, as with `kubectl proxy`. A request that brings credentials of its own goes on with them.
"""

from __future__ import annotations

import contextlib
import dataclasses
import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import msgspec

from loadstone.errors import ClusterFailed
from loadstone.formats import Dial
from loadstone.model import Accounting, ApiAccess
from loadstone.protocols import Cluster, Resettable, SharedCluster
from loadstone.system import processes
from loadstone.system.kubeconfig import write_kubeconfig

READY_WITHIN = 30.0  # s
ANSWERS_WITHIN = 30.0  # s
_LOG_LINES = 20


@dataclass(frozen=True, kw_only=True)
class ServerCertificate:
    """The certificate for components that want TLS: files, and the authority that signed."""

    chain: Path
    key: Path
    authority: Path


class ProxyProcess:
    """The proxy's process, and the orders that are given to it: one at a time, from any thread."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        log: Path,
        *,
        answers_within: float = ANSWERS_WITHIN,
    ) -> None:
        self._process = process
        self._log = log
        self._answers_within = answers_within
        self._silent = False  # an answer that still comes would be taken for that to another order
        self._lock = threading.Lock()
        self._rest = b""

    def alive(self) -> bool:
        return not self._silent and self._process.poll() is None

    def order(self, **order: Any) -> dict[str, Any]:
        """What an order comes to. Raises `ClusterFailed`."""
        with self._lock:
            if self._silent:
                raise self.failed("it owes the answer to an earlier order")
            try:
                assert self._process.stdin is not None  # noqa: S101  (it was asked for)
                self._process.stdin.write(json.dumps(order).encode() + b"\n")
                self._process.stdin.flush()
            except OSError as error:
                raise self.failed(f"it takes no orders: {error}") from error
            try:
                said = self.line(self._answers_within)
            except ClusterFailed:
                self._silent = True
                raise
        if "error" in said:
            raise ClusterFailed(f"the proxy of the API server: {said['error']}")
        return said

    def line(self, within: float) -> dict[str, Any]:
        """The next line that it says. Raises `ClusterFailed` where none comes in time."""
        deadline = time.monotonic() + within
        assert self._process.stdout is not None  # noqa: S101  (it was asked for)
        stream = self._process.stdout.fileno()
        while b"\n" not in self._rest:
            left = deadline - time.monotonic()
            ready = left > 0 and select.select([stream], [], [], left)[0]
            piece = os.read(stream, 1 << 20) if ready else b""
            if not piece:
                raise self.failed("it ended" if ready else f"no answer within {within:g} s")
            self._rest += piece
        line, _, self._rest = self._rest.partition(b"\n")
        found: dict[str, Any] = json.loads(line)
        return found

    def failed(self, what: str) -> ClusterFailed:
        """The failure, with the end of its output."""
        lines = self._log.read_text(errors="replace").splitlines() if self._log.exists() else []
        tail = "\n".join(lines[-_LOG_LINES:])
        return ClusterFailed(
            f"the proxy of the API server: {what}\n{tail}".rstrip(), next_step=f"read {self._log}"
        )


@dataclass(frozen=True, kw_only=True)
class ProxiedCluster:
    """A cluster whose every request is counted, and may be delayed or failed."""

    inner: Cluster
    access: ApiAccess
    kubeconfig: Path
    pid: int
    proxy: ProxyProcess = field(repr=False)

    @property
    def api(self) -> str:
        return self.access.url

    @property
    def provider(self) -> str:
        return self.inner.provider

    @property
    def version(self) -> str:
        return self.inner.version

    def alive(self) -> bool:
        return self.proxy.alive() and self.inner.alive()

    def dial(self, dials: Sequence[Dial]) -> None:
        self.proxy.order(do="dial", dials=msgspec.to_builtins(list(dials)))

    def accounting(self) -> Accounting:
        return Accounting(**self.proxy.order(do="accounting"))


def _kind(inner: Cluster) -> type[ProxiedCluster]:
    """The class of a cluster behind the proxy, with whatever else it can do itself.

    A cluster that cannot do a thing does not have the method, so the class is made for it.
    """

    def given(name: str) -> property:
        return property(lambda self: getattr(self.inner, name))

    def reset(self: Any) -> None:
        self.inner.reset()
        self.proxy.order(do="reset")

    names = {name for name in dir(inner) if not name.startswith("_")} - set(dir(ProxiedCluster))
    fields = {each.name for each in dataclasses.fields(ProxiedCluster)}
    members: dict[str, Any] = {name: given(name) for name in names - fields}
    if isinstance(inner, Resettable):
        members["reset"] = reset
    return type(f"Proxied{type(inner).__name__}", (ProxiedCluster,), members)


@contextmanager
def proxied(
    cluster: Cluster,
    *,
    workdir: Path,
    certificate: ServerCertificate | None = None,
    seed: int | None = None,
) -> Iterator[ProxiedCluster]:
    """The cluster behind a proxy, which is gone on leaving. Raises `ClusterFailed`.

    Its files go to `workdir`. With a `certificate` it speaks TLS. `seed`: of jitter and errors.
    """
    workdir.mkdir(parents=True, exist_ok=True)
    log = workdir / "api-proxy.log"
    command = [sys.executable, "-m", "loadstone.cluster.api_proxy"]
    command += ["--kubeconfig", str(cluster.kubeconfig)]
    if certificate is not None:
        command += ["--certificate", str(certificate.chain), "--key", str(certificate.key)]
    if seed is not None:
        command += ["--seed", str(seed)]
    process = processes.spawn(command, log=log, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    try:
        proxy = ProxyProcess(process, log)
        url = str(proxy.line(READY_WITHIN)["url"])
        authority = str(certificate.authority.absolute()) if certificate else ""
        access = ApiAccess(url=url, ca_file=authority)
        yield _kind(cluster)(
            inner=cluster,
            access=access,
            kubeconfig=write_kubeconfig(
                workdir / "proxied-kubeconfig",
                access,
                name="proxied",
                namespace=cluster.namespace if isinstance(cluster, SharedCluster) else "",
            ),
            pid=process.pid,
            proxy=proxy,
        )
    finally:
        processes.end(process)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with contextlib.suppress(BrokenPipeError):  # an order that nobody took
                    stream.close()
