"""Requests of a load: when each is due, and whether its answer is right."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple, Protocol

from loadstone.measure.load.generator import Target

_SEEN: dict[frozenset[bytes], dict[bytes, SeenHead]] = {}


class SeenHead(NamedTuple):
    """A head of an answer that was read before: see `Connection`."""

    whole: int  # By of head and body
    status: int
    headers: dict[bytes, bytes]
    length: int  # By of the body


class Inquiry(Protocol):
    """A request as it is sent, and what a right answer to it is."""

    @property
    def name(self) -> str:
        """What is asked for, in messages."""

    @property
    def message(self) -> bytes: ...

    @property
    def headers(self) -> Mapping[bytes, bytes]:
        """Those of the answer that `fault` looks at, in lower case."""

    def fault(self, status: int, headers: Mapping[bytes, bytes], length: int) -> str | None:
        """The fault of an answer, or None."""


class PreparedTarget:
    """A target rendered once: the bytes to send and the answer to hold against."""

    __slots__ = (
        "block",
        "body",
        "body_frame",
        "frame",
        "headers",
        "length",
        "message",
        "name",
        "seen",
        "status",
        "target",
    )

    def __init__(self, target: Target, *, closes: bool = False) -> None:
        """`closes`: each request says that its connection ends with the answer."""
        self.target = target
        self.name = f"{target.host}{target.path}"
        ends = "Connection: close\r\n" if closes else ""
        self.message = (
            f"GET {target.path} HTTP/1.1\r\nHost: {target.host}\r\n"
            f"User-Agent: loadstone\r\nAccept: */*\r\n{ends}\r\n"
        ).encode()
        # Of HTTP/2: the beginning of a frame and its headers, and the same of a body if it has one.
        self.frame = self.block = self.body_frame = self.body = b""
        self.status = target.status
        self.length = target.length
        self.headers = {
            name.lower().encode(): value.encode() for name, value in target.headers.items()
        }
        # Heads of answers that were read with just these headers looked for.
        self.seen = _SEEN.setdefault(frozenset(self.headers), {})

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
        return f"{self.name}: {what}"


class LoadRequest:
    """One request: when it was due, when it was sent (0: not yet), and if it was sent twice."""

    __slots__ = ("due", "prepared", "retried", "sent")

    def __init__(self, prepared: Inquiry, due: float) -> None:
        self.prepared = prepared
        self.due = due
        self.sent = 0.0
        self.retried = False


PAIRS = 1024  # whose order is drawn; then it begins anew


def lane_order(lanes: int, seed: int) -> list[int]:
    """The lane of each request, over and over: every `lanes` in a row are one request to each.

    The order within each of them is drawn, so that neither lane is always the first, nor every
    other time.
    """
    drawn = random.Random(f"lanes/{seed}")
    return [lane for _ in range(PAIRS) for lane in drawn.sample(range(lanes), lanes)]


def shuffled(
    targets: Sequence[Target],
    seed: int,
    prepare: Callable[[Target], PreparedTarget] = PreparedTarget,
) -> list[PreparedTarget]:
    """The targets, ready to send, in an order that is fixed by the seed."""
    prepared = [prepare(target) for target in targets]
    random.Random(seed).shuffle(prepared)
    return prepared
