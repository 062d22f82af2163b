"""Requests of a load: when each is due, and whether its answer is right."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from loadstone.measure.load.generator import Target


class PreparedTarget:
    """A target rendered once: the bytes to send and the answer to hold against."""

    __slots__ = ("headers", "length", "message", "status", "target")

    def __init__(self, target: Target) -> None:
        self.target = target
        self.message = (
            f"GET {target.path} HTTP/1.1\r\nHost: {target.host}\r\n"
            "User-Agent: loadstone\r\nAccept: */*\r\n\r\n"
        ).encode()
        self.status = target.status
        self.length = target.length
        self.headers = {
            name.lower().encode(): value.encode() for name, value in target.headers.items()
        }

    def fault(self, status: int, headers: Mapping[bytes, bytes], length: int) -> str | None:
        """The fault of an answer, or None. `headers`: those asked for that were there."""
        if status != self.status:
            return self._wrong(f"status {status}, expected {self.status}")
        if self.length is not None and length != self.length:
            return self._wrong(f"a body of {length} bytes, expected {self.length}")
        for name, value in self.headers.items():
            if headers.get(name) != value:
                found = headers.get(name, b"nothing").decode(errors="replace")
                return self._wrong(f"header {name.decode()}: {found}, expected {value.decode()}")
        return None

    def _wrong(self, what: str) -> str:
        return f"{self.target.host}{self.target.path}: {what}"


class LoadRequest:
    """One request: when it was due, when it was sent (0: not yet), and if it was sent twice."""

    __slots__ = ("due", "prepared", "retried", "sent")

    def __init__(self, prepared: PreparedTarget, due: float) -> None:
        self.prepared = prepared
        self.due = due
        self.sent = 0.0
        self.retried = False


def shuffled(targets: Sequence[Target], seed: int) -> list[PreparedTarget]:
    """The targets, ready to send, in an order that is fixed by the seed."""
    prepared = [PreparedTarget(target) for target in targets]
    random.Random(seed).shuffle(prepared)
    return prepared
