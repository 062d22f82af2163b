"""Gzip files, unpacked whole and within a bound. Pure.

A gzip file may have several members, one after the other (RFC 1952, 2.2): whoever appends to one
writes such a file, and the content is that of all of them. What follows the last member is padding
when it is zeros, as from a tape or a block device; anything else is damage.
"""

from __future__ import annotations

import zlib

MAGIC = b"\x1f\x8b"
_GZIP = 31  # zlib's window bits for gzip with a header and a checksum


class DamagedGzip(ValueError):
    """Gzip that cannot be unpacked; the message says why ("it ends in the middle")."""


def unpacked(data: bytes, most: int) -> bytes:
    """The content of all members, at most `most` bytes. Raises `DamagedGzip`."""
    parts: list[bytes] = []
    left = most
    rest = data
    while rest:
        part, rest = _member(rest, left, most)
        parts.append(part)
        left -= len(part)
        if parts and not rest.strip(b"\0"):
            break
    return b"".join(parts)


def _member(data: bytes, left: int, most: int) -> tuple[bytes, bytes]:
    """The first member unpacked, and what comes after it."""
    reader = zlib.decompressobj(wbits=_GZIP)
    try:
        part = reader.decompress(data, left + 1)
    except zlib.error as error:
        raise DamagedGzip("it is gzip, but damaged") from error
    if len(part) > left:
        raise DamagedGzip(f"it is larger than {most} bytes when unpacked")
    if not reader.eof:
        raise DamagedGzip("it ends in the middle")
    return part, reader.unused_data
