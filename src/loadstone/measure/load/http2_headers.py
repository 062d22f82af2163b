"""Headers of HTTP/2: a request's block, made once, and those of answers, each decoded once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from hpack import Decoder, Encoder, HPACKError, NeverIndexedHeaderTuple

from loadstone.measure.load.generator import Target
from loadstone.measure.load.http2_frames import NotHttp2

_KEPT = 4096  # blocks; a date is another one every second
_LARGEST = 65_536  # By of headers
Found = TypeVar("Found")


@dataclass(frozen=True, slots=True)
class AnswerHead:
    """The head of an answer: its status, and its headers by name in lower case."""

    status: int
    headers: Mapping[bytes, bytes]
    length: int | None  # By that it announces


GET: Mapping[str, str] = {"accept": "*/*"}


def request_block(
    target: Target, *, scheme: str, method: str = "GET", headers: Mapping[str, str] = GET
) -> bytes:
    """The headers of a request, in a form that neither reads nor changes any table."""
    fields = {
        ":method": method,
        ":scheme": scheme,
        ":authority": target.host,
        ":path": target.path,
        "user-agent": "loadstone",
        **headers,
    }
    encoder = Encoder()
    named = [NeverIndexedHeaderTuple(name, value) for name, value in fields.items()]
    return bytes(encoder.encode(named))


class AnswerHeads:
    """A reader of blocks of a peer that was told to keep no table."""

    def __init__(self) -> None:
        self._known: dict[bytes, AnswerHead] = {}
        self._trailers: dict[bytes, Mapping[bytes, bytes]] = {}

    def read(self, block: bytes) -> AnswerHead:
        """The head that the block is. Raises `NotHttp2`."""
        return _kept(self._known, block, _head)

    def trailers(self, block: bytes) -> Mapping[bytes, bytes]:
        """The trailers that the block is. Raises `NotHttp2`."""
        return _kept(self._trailers, block, _fields)


def _kept(known: dict[bytes, Found], block: bytes, decoded: Callable[[bytes], Found]) -> Found:
    found = known.get(block)
    if found is None:
        found = decoded(block)
        if len(known) >= _KEPT:
            known.clear()
        known[block] = found
    return found


def _fields(block: bytes) -> Mapping[bytes, bytes]:
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
    return headers


def _head(block: bytes) -> AnswerHead:
    headers = _fields(block)
    status, length = headers.get(b":status", b""), headers.get(b"content-length")
    if not (status.isdigit() and len(status) == 3) or not (length is None or length.isdigit()):
        raise NotHttp2("headers without a status, or of an impossible length")
    return AnswerHead(int(status), headers, None if length is None else int(length))
