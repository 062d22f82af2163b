"""Events of watches, counted as they pass: lines of JSON, or frames of protobuf. Pure."""

from __future__ import annotations


class LineEvents:
    """Events of a watch in JSON, one a line."""

    def __init__(self) -> None:
        self.events = 0

    def see(self, data: bytes, start: int, end: int) -> None:
        self.events += data.count(b"\n", start, end)


class FrameEvents:
    """Events of a watch in protobuf, each after its length in four bytes."""

    def __init__(self) -> None:
        self.events = 0
        self._left = 0  # By of the frame that has begun
        self._length = b""

    def see(self, data: bytes, start: int, end: int) -> None:
        while start < end:
            if self._left:
                take = min(self._left, end - start)
                self._left -= take
                start += take
                self.events += not self._left
            else:
                missing = 4 - len(self._length)
                self._length += data[start : min(start + missing, end)]
                start += missing
                if len(self._length) == 4:
                    self._left = int.from_bytes(self._length, "big")
                    self._length = b""


def events_of(content_type: bytes) -> LineEvents | FrameEvents:
    """The counter for a watch's answer."""
    return FrameEvents() if b"protobuf" in content_type else LineEvents()
