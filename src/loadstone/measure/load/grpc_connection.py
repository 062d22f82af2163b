"""An HTTP/2 connection of calls: trailers say how each ended, and what was done has one message."""

from __future__ import annotations

from dataclasses import replace

from loadstone.measure.load.grpc_call import DONE, PREFIX, STATUS, is_one_message
from loadstone.measure.load.http2_connection import Http2Connection, Stream
from loadstone.measure.load.http2_headers import AnswerHead


class GrpcConnection(Http2Connection):
    """A connection whose answers have their trailers among their headers."""

    def _content(self, stream: Stream, data: bytes) -> None:
        super()._content(stream, data)
        if len(stream.first) < PREFIX:
            stream.first += data[: PREFIX - len(stream.first)]

    def _trailers(self, stream: Stream, head: AnswerHead, block: bytes) -> None:
        stream.head = replace(head, headers={**head.headers, **self._heads.trailers(block)})

    def _lack(self, stream: Stream, head: AnswerHead) -> str:
        lack = super()._lack(stream, head)
        done = head.headers.get(STATUS) == DONE
        if not lack and done and not is_one_message(stream.first, stream.length):
            return "not one message"
        return lack
