"""Headers of HTTP/2: a request's block, made once, and those of answers, each decoded once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from hpack import Decoder, Encoder, HPACKError, NeverIndexedHeaderTuple

from loadstone.measure.load.generator import Target
from loadstone.measure.load.http2_frames import NotHttp2

_KEPT = 4096  # blocks; a date is another one every second
_LARGEST = 65_536  # By of headers


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """The head of an answer: its status, and its headers by name in lower case."""

    status: int
    headers: Mapping[bytes, bytes]
    length: int | None  # By that it announces


def request_block(target: Target, *, scheme: str) -> bytes:
    """The headers of a GET, in a form that neither reads nor changes any table."""
    fields = {
        ":method": "GET",
        ":scheme": scheme,
        ":authority": target.host,
        ":path": target.path,
        "user-agent": "loadstone",
        "accept": "*/*",
    }
    encoder = Encoder()
    named = [NeverIndexedHeaderTuple(name, value) for name, value in fields.items()]
    return bytes(encoder.encode(named))


class AnswerHeads:
    """A reader of blocks of a peer that was told to keep no table."""

    def __init__(self) -> None:
        self._known: dict[bytes, AnswerHead] = {}

    def read(self, block: bytes) -> AnswerHead:
        """What the block says. Raises `NotHttp2`."""
        found = self._known.get(block)
        if found is None:
            found = _decoded(block)
            if len(self._known) >= _KEPT:
                self._known.clear()
            self._known[block] = found
        return found


def _decoded(block: bytes) -> AnswerHead:
    decoder = Decoder(max_header_list_size=_LARGEST)
    decoder.header_table_size = 0
    decoder.max_allowed_table_size = 0
    try:
        fields = decoder.decode(block, raw=True)
    except HPACKError as error:
        raise NotHttp2(f"headers that cannot be read: {error}") from error
    headers: dict[bytes, bytes] = {}
    for name, value, *_ in fields:
        before = headers.get(name)
        headers[name] = value if before is None else before + b", " + value
    status, length = headers.get(b":status", b""), headers.get(b"content-length")
    if not (status.isdigit() and len(status) == 3) or not (length is None or length.isdigit()):
        raise NotHttp2("headers without a status, or of an impossible length")
    return AnswerHead(int(status), headers, None if length is None else int(length))
