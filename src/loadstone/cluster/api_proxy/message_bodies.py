"""Bodies of messages as they pass: where they end, and how much they hold. Pure."""

from __future__ import annotations

import re
from typing import Protocol

from loadstone.cluster.api_proxy.message_heads import BodyLength

_SIZE = re.compile(rb"[0-9a-fA-F]{1,15}")
_LONGEST_LINE = 4096  # By of the line before a chunk


class BrokenFraming(ValueError):
    """Chunks that are none: nobody knows where the body ends."""


class Payload(Protocol):
    """A look at the content of a body as it passes."""

    def see(self, data: bytes, start: int, end: int) -> None:
        """`data[start:end]` is the next piece."""


class Body(Protocol):
    """A body that passes. `size`: By of its content so far; `framing`: By around it."""

    done: bool
    size: int
    framing: int

    def feed(self, data: bytes, start: int) -> int:
        """Take what belongs to it from `start` on; the place after that."""


class SizedBody:
    """A body of a length that was said before, or that ends with the connection."""

    framing = 0

    def __init__(self, length: int | None, payload: Payload | None = None) -> None:
        self._left = length
        self._payload = payload
        self.size = 0
        self.done = length == 0

    def feed(self, data: bytes, start: int) -> int:
        end = len(data) if self._left is None else min(len(data), start + self._left)
        if self._left is not None:
            self._left -= end - start
            self.done = not self._left
        self.size += end - start
        if self._payload is not None and end > start:
            self._payload.see(data, start, end)
        return end


class ChunkedBody:
    """A body in chunks, each with its length before it."""

    def __init__(self, payload: Payload | None = None) -> None:
        self._payload = payload
        self._left = 0  # By of the chunk and the line end after it
        self._line = b""
        self._last = False
        self.size = 0
        self.framing = 0
        self.done = False

    def feed(self, data: bytes, start: int) -> int:
        """As `Body.feed`. Raises `BrokenFraming`."""
        end = len(data)
        while start < end and not self.done:
            start = self._content(data, start) if self._left else self._size_line(data, start)
        return start

    def _content(self, data: bytes, start: int) -> int:
        take = min(self._left, len(data) - start)
        content = max(min(take, self._left - 2), 0)
        if content:
            self.size += content
            if self._payload is not None:
                self._payload.see(data, start, start + content)
        self._left -= take
        return start + take

    def _size_line(self, data: bytes, start: int) -> int:
        stop = data.find(b"\n", start)
        if stop < 0:
            self._line += data[start:]
            if len(self._line) > _LONGEST_LINE:
                raise BrokenFraming("a line before a chunk that does not end")
            return len(data)
        line, self._line = self._line + data[start : stop + 1], b""
        text = line.strip()
        if self._last:  # the lines after the last chunk, up to an empty one
            self.done = not text
            return stop + 1
        match = _SIZE.match(text)
        if match is None:
            raise BrokenFraming("a chunk without a length")
        length = int(match[0], 16)
        if length:
            self._left = length + 2
            self.framing += len(line) + 2
        self._last = not length
        return stop + 1


def body(framing: BodyLength, payload: Payload | None = None) -> SizedBody | ChunkedBody:
    """The body of a message that is framed so."""
    if framing.chunked:
        return ChunkedBody(payload)
    return SizedBody(None if framing.to_the_end else framing.length, payload)
