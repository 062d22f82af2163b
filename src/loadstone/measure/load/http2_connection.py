"""An HTTP/2 connection of a load: many requests at a time, each on a stream of its own."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping, Sequence
from typing import Protocol, cast

from loadstone.measure.load import http2_frames as h2
from loadstone.measure.load.http2_frames import FrameReader, Http2Frame, NotHttp2
from loadstone.measure.load.http2_headers import AnswerHead, AnswerHeads
from loadstone.measure.load.load_request import LoadRequest, PreparedTarget

MOST_STREAMS = 1000  # at a time on one connection, where the other side allows more
_AT_FIRST = 65_535  # By of bodies that the other side takes before it says how many
_LAST_STREAM = 2**30
_REPLENISH = 2**29  # By after which the other side is allowed as much again


class StreamOwner(Protocol):
    """The owner of connections, which hands them requests and hears of their answers."""

    def answered(self, connection: Http2Connection, request: LoadRequest, now: float) -> None: ...

    def broken(self, request: LoadRequest, kind: str, *, begun: bool) -> None:
        """A request gets no answer; `begun`: some of one had come, or it may have been done."""

    def freed(self, connection: Http2Connection) -> None:
        """The connection can take one more request."""

    def lost(self, connection: Http2Connection, request: None, kind: str) -> None:
        """The connection is gone, and all of its requests were told before."""

    def left(self, connection: Http2Connection) -> None:
        """A connection that we had retired is gone."""

    def unasked(self) -> None:
        """The target sent what no request had asked for."""


class Stream:
    """A request and as much of its answer as has come."""

    __slots__ = ("first", "head", "length", "request")

    def __init__(self, request: LoadRequest) -> None:
        self.request = request
        self.head: AnswerHead | None = None
        self.length = 0
        self.first = b""  # of its body, where somebody keeps it


class Http2Connection(asyncio.Protocol):
    """A connection with requests under way, and the answer that came last.

    It is `up` while it takes requests; `listed`, whether its owner has it among those that are
    free; `status`, `headers` and `length` are of the answer that is handed over.
    """

    def __init__(self, owner: StreamOwner, heads: AnswerHeads, *, body: int = 0) -> None:
        """`body`: By of that of each request."""
        self._owner, self._heads = owner, heads
        self._body = body
        self._room = _AT_FIRST  # By of bodies that the other side still takes
        self._frames = FrameReader()
        self._streams: dict[int, Stream] = {}
        self._next = 1
        self._limit = 0  # none before its settings have come
        self._consumed = 0
        self._retired = False
        self._open = False
        self.ready = asyncio.get_running_loop().create_future()  # whether it speaks HTTP/2
        self.up = False
        self.listed = False
        self.status = 0
        self.headers: Mapping[bytes, bytes] = {}
        self.length = 0

    @property
    def spare(self) -> bool:
        """Whether it takes one more request."""
        return self.up and len(self._streams) < self._limit and self._room >= self._body

    def send(self, request: LoadRequest) -> None:
        """Send a request; `request.sent` is when. The connection must be `spare`."""
        number = self._next
        self._next = number + 2
        self._streams[number] = Stream(request)
        if number > _LAST_STREAM:
            self.up = False
            self._retired = True
        prepared = cast(PreparedTarget, request.prepared)
        request.sent = time.monotonic()
        name = number.to_bytes(4, "big")
        parts = [prepared.frame, name, prepared.block]
        if self._body:
            parts += [prepared.body_frame, name, prepared.body]
            self._room -= self._body
        self._transport.write(b"".join(parts))

    def overdue(self, before: float) -> Sequence[LoadRequest]:
        """Give up the requests that were due before that moment, and return them."""
        late = [number for number, each in self._streams.items() if each.request.due < before]
        cancel = h2.CANCEL.to_bytes(4, "big")
        for number in late:
            self._transport.write(h2.frame(h2.RST_STREAM, 0, number, cancel))
        given_up = [self._streams.pop(number).request for number in late]
        self._leave_if_done()
        return given_up

    def retire(self) -> None:
        """Take no more requests, and close when those under way are answered."""
        self.up = False
        self._retired = True
        self._leave_if_done()

    def close(self) -> None:
        """Close at once; nobody is told."""
        self.up = self._open = False
        self._streams.clear()
        self._transport.abort()

    # what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast(asyncio.Transport, transport)
        self._open = True
        tls = transport.get_extra_info("ssl_object")
        if tls is not None and tls.selected_alpn_protocol() != "h2":
            self._refuse("closed")
            return
        self._transport.write(h2.hello())

    def data_received(self, data: bytes) -> None:
        try:
            for frame in self._frames.feed(data):
                self._read(frame)
                if not self._open:
                    return
        except NotHttp2 as error:
            self._refuse(f"not HTTP/2: {error}")

    def connection_lost(self, exc: Exception | None) -> None:
        self._refuse("reset" if exc else "closed")

    def _read(self, frame: Http2Frame) -> None:
        kind = frame.kind
        if kind in (h2.DATA, h2.HEADERS):
            self._answer(frame)
        elif kind == h2.SETTINGS and not frame.flags & h2.ACK:
            self._settle(h2.settings(frame.payload))
        elif kind == h2.PING and not frame.flags & h2.ACK:
            self._transport.write(h2.frame(h2.PING, h2.ACK, 0, frame.payload))
        elif kind == h2.WINDOW_UPDATE and not frame.stream:
            self._widen(int.from_bytes(frame.payload, "big") & h2.WINDOW)
        elif kind == h2.RST_STREAM:
            self._reset(frame)
        elif kind == h2.GOAWAY:
            self._going(frame)
        elif kind == h2.PUSH_PROMISE:
            raise NotHttp2("a push, which was refused")

    def _settle(self, found: Mapping[int, int]) -> None:
        limit = found.get(h2.MAX_CONCURRENT_STREAMS)
        if limit is not None or not self._limit:
            self._limit = min(MOST_STREAMS if limit is None else limit, MOST_STREAMS)
        if found.get(h2.INITIAL_WINDOW_SIZE, _AT_FIRST) < self._body:
            raise NotHttp2("less room in a request than its body needs")
        self._transport.write(h2.frame(h2.SETTINGS, h2.ACK, 0))
        if not self.ready.done():
            self.up = True
            self.ready.set_result(True)

    def _widen(self, more: int) -> None:
        """The other side takes more of bodies, all requests together."""
        full = not self.spare
        self._room += more
        if full and self.spare:
            self._owner.freed(self)

    def _answer(self, frame: Http2Frame) -> None:
        stream = self._streams.get(frame.stream)
        if frame.kind == h2.DATA:
            self._replenish(len(frame.payload))
            if stream is not None:
                self._content(stream, h2.content(frame))
        else:
            self._head(frame.stream, stream, h2.content(frame))
        if frame.flags & h2.END_STREAM and stream is not None:
            self._whole(frame.stream, stream)

    def _head(self, number: int, stream: Stream | None, block: bytes) -> None:
        """The head of an answer, interim ones (1xx) passed over, or its trailers."""
        if stream is None:
            if number >= self._next or number % 2 == 0:
                self._owner.unasked()
                raise NotHttp2("an answer nobody asked for")
            return  # of a request that was given up
        if stream.head is None:
            head = self._heads.read(block)
            stream.head = head if head.status >= 200 else None
        else:
            self._trailers(stream, stream.head, block)

    def _content(self, stream: Stream, data: bytes) -> None:
        """A piece of an answer's body."""
        stream.length += len(data)

    def _trailers(self, stream: Stream, head: AnswerHead, block: bytes) -> None:
        """What comes after an answer's body, which is no header of it."""

    def _lack(self, stream: Stream, head: AnswerHead) -> str:
        """What an answer lacks that has come to its end, or ""."""
        return "" if head.length in (None, stream.length) else "cut short"

    def _whole(self, number: int, stream: Stream) -> None:
        now = time.monotonic()
        del self._streams[number]
        head = stream.head
        lack = "cut short" if head is None else self._lack(stream, head)
        if head is None or lack:
            self._owner.broken(stream.request, lack, begun=True)
            self._freed()
            return
        self.status, self.headers, self.length = head.status, head.headers, stream.length
        self._owner.answered(self, stream.request, now)
        self._freed()

    def _reset(self, frame: Http2Frame) -> None:
        stream = self._streams.pop(frame.stream, None)
        if stream is not None:
            refused = int.from_bytes(frame.payload[:4], "big") == h2.REFUSED_STREAM
            self._owner.broken(stream.request, "reset", begun=not refused)
            self._freed()

    def _going(self, frame: Http2Frame) -> None:
        """The other side takes no more requests; those above its last one were not looked at."""
        last = int.from_bytes(frame.payload[:4], "big") & h2.WINDOW
        self.up = False
        for number in [each for each in self._streams if each > last]:
            self._owner.broken(self._streams.pop(number).request, "closed", begun=False)
        if not self._streams:
            self._refuse("closed")

    def _freed(self) -> None:
        if self.spare:
            self._owner.freed(self)
        else:
            self._leave_if_done()

    def _leave_if_done(self) -> None:
        if self._streams or self.up or not self._open:
            return
        if not self._retired:
            self._refuse("closed")
            return
        self.close()
        self._owner.left(self)

    def _replenish(self, length: int) -> None:
        self._consumed += length
        if self._consumed >= _REPLENISH:
            more = self._consumed.to_bytes(4, "big")
            self._transport.write(h2.frame(h2.WINDOW_UPDATE, 0, 0, more))
            self._consumed = 0

    def _refuse(self, kind: str) -> None:
        """It is over: every request under way, and the connection itself, are told once."""
        if not self._open:
            return
        if not self.ready.done():
            self.ready.set_result(False)
            self.close()
            return
        left = list(self._streams.values())
        retired = self._retired
        self.close()
        for each in left:
            self._owner.broken(each.request, kind, begun=each.head is not None)
        if retired:
            self._owner.left(self)
        else:
            self._owner.lost(self, None, kind)
