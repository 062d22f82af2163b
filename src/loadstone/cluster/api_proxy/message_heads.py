"""Heads of HTTP/1.1 messages: read as far as a proxy has to, and written on. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

LONGEST = 64 * 1024  # By of a head
END = b"\r\n\r\n"
_DIGITS = frozenset(b"0123456789")
_TELLING = frozenset((b"c", b"C", b"t", b"T"))  # how the headers begin that matter of an answer


class MalformedHead(ValueError):
    """A head that is not one of HTTP/1.1; the message says why."""


@dataclass(frozen=True, kw_only=True, slots=True)
class BodyLength:
    """The length of a message's body: `length` bytes, or as its chunks say, or to the end."""

    length: int = 0
    chunked: bool = False
    to_the_end: bool = False


_NO_BODY = BodyLength()


class RequestHeaders(NamedTuple):
    """The headers of a request, as far as they matter. `lines`: those to go on, without Host."""

    agent: str
    accept: str
    authorized: bool  # it has credentials of its own
    framing: BodyLength
    lines: bytes


class RequestHead(NamedTuple):
    """The head of a request."""

    method: str
    target: str
    headers: RequestHeaders

    def written(self, host: bytes, extra: bytes = b"", path: str = "") -> bytes:
        """The head for the server `host` below `path`; `extra`: whole lines more."""
        first = f"{self.method} {path}{self.target} HTTP/1.1\r\nHost: ".encode("latin-1")
        return b"".join((first, host, b"\r\n", extra, self.headers.lines, b"\r\n"))


class ResponseHead(NamedTuple):
    """The head of an answer."""

    status: int
    framing: BodyLength
    content_type: bytes
    closes: bool  # the connection ends with it


def request_head(head: bytes) -> RequestHead:
    """The head of a request, without the empty line that ends it. Raises `MalformedHead`."""
    first, _, rest = head.partition(b"\r\n")
    parts = first.split(b" ")
    if len(parts) != 3 or parts[2] not in (b"HTTP/1.1", b"HTTP/1.0") or parts[1][:1] != b"/":
        raise MalformedHead("the first line is none of a request")
    return RequestHead(parts[0].decode("latin-1"), parts[1].decode("latin-1"), _headers_of(rest))


@lru_cache(maxsize=4096)  # a client sends the same ones with most of its requests
def _headers_of(rest: bytes) -> RequestHeaders:
    agent, accept, authorized = "", "", False
    kept, about_body = [], []
    for line in rest.split(b"\r\n") if rest else ():
        name, value = _header(line)
        if name == b"host":
            continue
        kept.append(line + b"\r\n")
        if name == b"user-agent":
            agent = value.decode("latin-1")
        elif name == b"accept":
            accept = value.decode("latin-1")
        elif name == b"authorization":
            authorized = True
        elif name in (b"content-length", b"transfer-encoding"):
            about_body.append((name, value))
    framing = _framing(about_body) or _NO_BODY
    return RequestHeaders(agent, accept, authorized, framing, b"".join(kept))


def response_head(head: bytes, *, of: str) -> ResponseHead:
    """The head of an answer to a request with method `of`. Raises `MalformedHead`."""
    if not head.startswith(b"HTTP/1.") or not head[9:12].isdigit():
        raise MalformedHead("the first line is none of an answer")
    status, content_type = int(head[9:12]), b""
    closes = head.startswith(b"HTTP/1.0")
    about_body = []
    for line in head.split(b"\r\n"):
        if line[:1] not in _TELLING:
            continue
        name, value = _header(line)
        if name == b"content-type":
            content_type = value
        elif name == b"connection":
            closes = b"close" in value.lower()
        elif name in (b"content-length", b"transfer-encoding"):
            about_body.append((name, value))
    framing = _framing(about_body)
    if of == "HEAD" or status < 200 or status in (204, 304):
        framing = _NO_BODY
    elif framing is None:
        framing, closes = BodyLength(to_the_end=True), True
    return ResponseHead(status, framing, content_type, closes)


def _header(line: bytes) -> tuple[bytes, bytes]:
    name, colon, value = line.partition(b":")
    if not colon or not name or name[:1] in b" \t":
        raise MalformedHead("a line that is no header")
    return name.lower(), value.strip()


def _framing(headers: Iterable[tuple[bytes, bytes]]) -> BodyLength | None:
    """What headers say of a body's length; None where they say nothing."""
    lengths = set(_lengths(headers))
    if any(name == b"transfer-encoding" for name, _ in headers):
        if lengths or [value.lower() for _, value in headers] != [b"chunked"]:
            raise MalformedHead("the length of the body is said in two ways")
        return BodyLength(chunked=True)
    if len(lengths) > 1:
        raise MalformedHead("the length of the body is said in two ways")
    return BodyLength(length=lengths.pop()) if lengths else None


def _lengths(headers: Iterable[tuple[bytes, bytes]]) -> Iterator[int]:
    for name, value in headers:
        if name == b"content-length":
            if not value or not _DIGITS.issuperset(value) or len(value) > 18:
                raise MalformedHead("a length that is none")
            yield int(value)
