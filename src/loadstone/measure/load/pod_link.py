"""The link to a pod that sends a part of a load: words for it, by its own clock."""

from __future__ import annotations

import socket
import time
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import msgspec

from loadstone.errors import MeasurementFailed

_ASKED = 7  # times for its clock; the quickest answer tells most
_PATIENCE = 30.0  # s for a program in a pod to take a connection
_AGAIN = 0.2  # s


@dataclass(frozen=True, kw_only=True)
class LoadPod:
    """A pod that waits for a task: its name, and the address here that leads to it."""

    name: str
    node: str
    address: str  # host:port


class StartPods(Protocol):
    """A function that starts pods which wait for a task each, for as long as its context lasts."""

    def __call__(
        self, count: int, processes: int, workdir: Path, what: str
    ) -> AbstractContextManager[Sequence[LoadPod]]:
        """So many, each with room for so many processes. `what` they do: `load` or `hold`."""


class PodLink:
    """A connection to the program of a pod."""

    def __init__(self, pod: LoadPod) -> None:
        """Raises `MeasurementFailed` where nobody answers."""
        self.pod = pod
        self._rest = b""
        self._socket = self._connected()
        self._ahead, self.uncertain = self._clock()

    @property
    def lead(self) -> float:
        """Seconds after which a word has surely arrived."""
        return 0.05 + 6 * self.uncertain

    def tell(self, word: str, moment: float) -> None:
        """Say a word of a moment of our `time.monotonic`, which is still to come."""
        self.send(f"{word} {moment + self._ahead!r}".encode())

    def send(self, line: bytes) -> None:
        try:
            self._socket.settimeout(_PATIENCE)
            self._socket.sendall(line + b"\n")
        except OSError as error:
            raise self._broken(str(error)) from error

    def answer(self, timeout: float) -> bytes:
        """The next line. Raises `MeasurementFailed` for none, and for one that tells a failure."""
        deadline = time.monotonic() + timeout
        while b"\n" not in self._rest:
            self._socket.settimeout(max(deadline - time.monotonic(), 0.001))
            try:
                data = self._socket.recv(2**16)
            except TimeoutError as error:
                raise self._broken(f"said nothing for {timeout:g} s") from error
            except OSError as error:
                raise self._broken(str(error)) from error
            if not data:
                raise self._broken("ended early")
            self._rest += data
        line, _, self._rest = self._rest.partition(b"\n")
        if line.startswith(b"failed "):
            raise self._broken(msgspec.json.decode(line.removeprefix(b"failed "), type=str))
        return line

    def close(self) -> None:
        """Let it end. Fine at any time, and more than once."""
        self._socket.close()

    def _connected(self) -> socket.socket:
        """A connection that is answered on: what leads to a pod may take one that ends nowhere."""
        host, _, port = self.pod.address.rpartition(":")
        deadline = time.monotonic() + _PATIENCE
        while True:
            found: socket.socket | None = None
            try:
                found = socket.create_connection((host.strip("[]"), int(port)), timeout=_PATIENCE)
                found.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                found.sendall(b"clock\n")
                if found.recv(2**10):
                    return found
                why = "it closes connections"
            except OSError as error:
                why = str(error)
            if found is not None:
                found.close()
            if time.monotonic() > deadline:
                raise self._broken(why)
            time.sleep(_AGAIN)

    def _clock(self) -> tuple[float, float]:
        """By how much its clock is ahead of ours, and by how much that may be wrong."""
        best = (float("inf"), 0.0)
        for _ in range(_ASKED):
            asked = time.monotonic()
            self.send(b"clock")
            there = float(self.answer(_PATIENCE))
            took = time.monotonic() - asked
            best = min(best, (took / 2, there - (asked + took / 2)))
        return best[1], best[0]

    def _broken(self, why: str) -> MeasurementFailed:
        return MeasurementFailed(
            f"the load pod {self.pod.name} on {self.pod.node or 'its node'}: {why}",
            next_step="its log has its last words while the namespace is there",
        )
