"""Frames of HTTP/2 (RFC 9113, 4): read from a connection, and written.

Of the protocol this knows what a client needs whose requests have no body, or one in one frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

PREFACE = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"
DATA, HEADERS, RST_STREAM, SETTINGS = 0, 1, 3, 4
PUSH_PROMISE, PING, GOAWAY, WINDOW_UPDATE, CONTINUATION = 5, 6, 7, 8, 9
END_STREAM, ACK, END_HEADERS, PADDED, PRIORITY = 0x1, 0x1, 0x4, 0x8, 0x20
HEADER_TABLE_SIZE, ENABLE_PUSH, MAX_CONCURRENT_STREAMS, INITIAL_WINDOW_SIZE = 1, 2, 3, 4
REFUSED_STREAM, CANCEL = 0x7, 0x8
LARGEST = 16_384  # By of a frame's payload, which nobody may exceed unasked
LARGEST_HEADERS = 2**20  # By of a block of headers, in however many frames
WINDOW = 2**31 - 1  # By that may come before it is asked for more


class NotHttp2(Exception):
    """The other side sent what is no HTTP/2."""


class Http2Frame(NamedTuple):
    """A frame as it came."""

    kind: int
    flags: int
    stream: int
    payload: bytes


class FrameReader:
    """A reader of frames, in whatever pieces they come; headers that go on are one frame."""

    __slots__ = ("_begun", "_rest")

    def __init__(self) -> None:
        self._rest = b""
        self._begun: Http2Frame | None = None  # headers, as far as they have come

    def feed(self, data: bytes) -> Iterator[Http2Frame]:
        """The frames that are whole by now. Raises `NotHttp2` for what cannot be one."""
        if self._rest:
            data = self._rest + data
        at, end = 0, len(data)
        while end - at >= 9:
            length = int.from_bytes(data[at : at + 3], "big")
            if length > LARGEST:
                raise NotHttp2(f"a frame of {length} bytes")
            if end - at < 9 + length:
                break
            stream = int.from_bytes(data[at + 5 : at + 9], "big") & WINDOW
            found = Http2Frame(data[at + 3], data[at + 4], stream, data[at + 9 : at + 9 + length])
            if self._begun is not None or found.kind == CONTINUATION:
                found = self._gone_on(found)
            if found.kind == HEADERS and not found.flags & END_HEADERS:
                self._begun = found
            else:
                yield found
            at += 9 + length
        self._rest = data[at:]

    def _gone_on(self, found: Http2Frame) -> Http2Frame:
        """The headers that have begun, with the frame that goes on with them."""
        begun, self._begun = self._begun, None
        if begun is None or found.kind != CONTINUATION or found.stream != begun.stream:
            raise NotHttp2("headers that do not go on, or that nothing began")
        block = content(begun) + found.payload
        if len(block) > LARGEST_HEADERS:
            raise NotHttp2("headers without end")
        flags = begun.flags & END_STREAM | found.flags & END_HEADERS
        return Http2Frame(HEADERS, flags, begun.stream, block)


def frame(kind: int, flags: int, stream: int, payload: bytes = b"") -> bytes:
    """A frame as bytes."""
    return beginning(kind, flags, payload) + stream.to_bytes(4, "big") + payload


def beginning(kind: int, flags: int, payload: bytes) -> bytes:
    """A frame up to the number of its stream."""
    return len(payload).to_bytes(3, "big") + bytes((kind, flags))


def hello() -> bytes:
    """The beginning of a client: no pushes, windows as large as may be, stateless headers.

    With a table of no entries a block of headers means the same on every connection, whatever came
    before it, so what one block decodes to can be kept.
    """
    settings = {HEADER_TABLE_SIZE: 0, ENABLE_PUSH: 0, INITIAL_WINDOW_SIZE: WINDOW}
    payload = b"".join(
        name.to_bytes(2, "big") + value.to_bytes(4, "big") for name, value in settings.items()
    )
    more = (WINDOW - 65_535).to_bytes(4, "big")
    return PREFACE + frame(SETTINGS, 0, 0, payload) + frame(WINDOW_UPDATE, 0, 0, more)


def settings(payload: bytes) -> dict[int, int]:
    """The settings of a frame. Raises `NotHttp2`."""
    if len(payload) % 6:
        raise NotHttp2("settings of no whole number")
    return {
        int.from_bytes(payload[at : at + 2], "big"): int.from_bytes(payload[at + 2 : at + 6], "big")
        for at in range(0, len(payload), 6)
    }


def content(found: Http2Frame) -> bytes:
    """The content of data or headers, without padding and priority. Raises `NotHttp2`."""
    payload = found.payload
    if found.flags & PADDED:
        if not payload or payload[0] >= len(payload):
            raise NotHttp2("more padding than frame")
        payload = payload[1 : len(payload) - payload[0]]
    if found.kind == HEADERS and found.flags & PRIORITY:
        if len(payload) < 5:
            raise NotHttp2("a priority that is cut short")
        payload = payload[5:]
    return payload
