"""A unary call of gRPC over HTTP/2: its message as it is sent, and what is wrong with an answer.

A message has five bytes before it: whether it is compressed, which none of ours is, and its length.
A call that is done says `grpc-status: 0` after its answer, in trailers; one that failed says
another number there, or in the head of an answer without a body, whatever the status of HTTP is.
"""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

from loadstone.measure.load import http2_frames as h2
from loadstone.measure.load.generator import Target
from loadstone.measure.load.http2_headers import request_block
from loadstone.measure.load.load_request import PreparedTarget

PREFIX = 5  # By before a message
HEADERS = {"te": "trailers", "content-type": "application/grpc"}
STATUS, MESSAGE = b"grpc-status", b"grpc-message"
DONE = b"0"
CODES = (
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
    "UNAUTHENTICATED",
)
_SHOWN = 200  # characters of what a server says about a failure


class PreparedCall(PreparedTarget):
    """A target that is called: the path is the method, and the length that of the message."""

    __slots__ = ()

    def __init__(self, target: Target, *, scheme: str, message: bytes) -> None:
        super().__init__(target)
        if self.length is not None:
            self.length += PREFIX
        self.block = request_block(target, scheme=scheme, method="POST", headers=HEADERS)
        self.frame = h2.beginning(h2.HEADERS, h2.END_HEADERS, self.block)
        self.body = framed(message)
        self.body_frame = h2.beginning(h2.DATA, h2.END_STREAM, self.body)

    def fault(self, status: int, headers: Mapping[bytes, bytes], length: int) -> str | None:
        said = headers.get(STATUS)
        if said is not None and said != DONE:
            return self._wrong(f"grpc-status {named(said)}{_why(headers)}")
        if said is None and status == self.status:
            return self._wrong("an answer without a grpc-status")
        return super().fault(status, headers, length)


def framed(message: bytes) -> bytes:
    """A message with what stands before it."""
    return b"\0" + len(message).to_bytes(4, "big") + message


def is_one_message(first: bytes, length: int) -> bool:
    """Whether a body of so many bytes, which begins like this, is one message and no more."""
    return len(first) == PREFIX and int.from_bytes(first[1:], "big") == length - PREFIX


def named(code: bytes) -> str:
    """The number of a status with its name, as `14 UNAVAILABLE`."""
    text = code.decode(errors="replace")
    known = text.isdecimal() and int(text) < len(CODES)
    return f"{text} {CODES[int(text)]}" if known else text


def _why(headers: Mapping[bytes, bytes]) -> str:
    said = unquote(headers.get(MESSAGE, b"").decode(errors="replace"))
    return f" ({said[:_SHOWN]})" if said else ""
