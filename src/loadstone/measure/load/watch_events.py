"""Events of a watch: read, and held to their order. Pure."""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from loadstone.measure.load.watch import MARK


class _Annotations(msgspec.Struct):
    """The one annotation that is ours."""

    write: str = msgspec.field(default="", name=MARK)


class _Metadata(msgspec.Struct):
    """As much of an object's metadata as is looked at."""

    revision: str = msgspec.field(default="", name="resourceVersion")
    annotations: _Annotations | None = None


class _Object(msgspec.Struct):
    """As much of an object as is looked at."""

    metadata: _Metadata = msgspec.field(default_factory=_Metadata)


class SeenEvent(msgspec.Struct):
    """As much of an event as is looked at; `type` is `ADDED`, `MODIFIED`, … or `ERROR`."""

    type: str
    object: _Object

    @property
    def revision(self) -> int:
        """The revision of its object; 0 where it has none, or one that is no number."""
        text = self.object.metadata.revision
        return int(text) if text.isdecimal() else 0

    @property
    def write(self) -> int | None:
        """The number of the write that it is of, None where it is of none of ours."""
        annotations = self.object.metadata.annotations
        text = annotations.write if annotations is not None else ""
        return int(text) if text.isdecimal() else None


_DECODER = msgspec.json.Decoder(SeenEvent)
_LONGEST = 2**20  # By that a line may have: what is longer is no event of ours


def event(line: bytes) -> SeenEvent | None:
    """The event of a line of a watch, None where it is none."""
    try:
        return _DECODER.decode(line)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None


class EventReader:
    """A reader of the events of one answer, in whatever pieces its body comes."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, body: bytes) -> Iterator[SeenEvent]:
        """The events that are whole by now; lines that are none are passed over."""
        *lines, rest = (self._rest + body).split(b"\n")
        self._rest = rest if len(rest) < _LONGEST else b""
        for line in lines:
            found = event(line) if line else None
            if found is not None:
                yield found


class WatchPlace:
    """The place of a watcher in the history of a collection."""

    def __init__(self, revision: str) -> None:
        self.revision = revision  # that it goes on from; "": from what is there
        self._last = 0  # revision of a change that it has seen
        self._retold = False  # what is there, since the server forgot what came next

    def expire(self) -> None:
        """The server has forgotten what came next: the next watch begins with what is there."""
        self.revision, self._retold = "", True

    def move(self, found: SeenEvent) -> None:
        """A watch that ends now goes on after this event."""
        if found.revision:
            self.revision = found.object.metadata.revision

    def is_retold(self, found: SeenEvent) -> bool:
        """Whether an event tells of what was there already, in no order, after a watch expired."""
        self._retold = self._retold and found.type == "ADDED"
        if self._retold:
            self._last = max(self._last, found.revision)
        return self._retold

    def advance(self, found: SeenEvent) -> bool:
        """Count a change as seen; False of one that is not newer than those before it."""
        if found.revision <= self._last:
            return False
        self._last = found.revision
        return True
